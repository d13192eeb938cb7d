-- What operators did and tried, sealed: each line's hash covers the one before it, so that a line that is changed, dropped
-- or moved breaks the chain of its namespace.

create table pawl_job_seals (
  namespace text not null,
  seq integer not null,
  job_id text not null,
  version integer not null,
  ord integer not null,
  hash blob not null,
  primary key (namespace, seq)
) without rowid;

create unique index pawl_job_seals_line on pawl_job_seals (job_id, version, ord);

create table pawl_audit_heads (
  namespace text not null primary key,
  seq integer not null,
  hash blob not null
) without rowid;
