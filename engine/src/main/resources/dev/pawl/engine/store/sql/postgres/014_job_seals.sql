-- What operators did and tried, sealed: each line's hash covers the one before it, so that a line that is changed, dropped
-- or moved breaks the chain of its namespace.

create table pawl_job_seals (
  namespace text collate "C" not null,
  seq bigint not null,
  job_id uuid not null,
  version bigint not null,
  ord bigint not null,
  hash bytea not null,
  primary key (namespace, seq)
);

create unique index pawl_job_seals_line on pawl_job_seals (job_id, version, ord);

create table pawl_audit_heads (
  namespace text collate "C" not null primary key,
  seq bigint not null,
  hash bytea not null
);
