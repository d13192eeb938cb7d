-- What operators did and tried, sealed: each line's hash covers the one before it, so that a line that is changed, dropped
-- or moved breaks the chain of its namespace.

create table if not exists pawl_job_seals (
  namespace varchar(255) not null,
  seq bigint not null,
  job_id varchar(36) character set ascii collate ascii_bin not null,
  version bigint not null,
  ord bigint not null,
  hash varbinary(32) not null,
  primary key (namespace, seq),
  unique index pawl_job_seals_line (job_id, version, ord)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

create table if not exists pawl_audit_heads (
  namespace varchar(255) not null primary key,
  seq bigint not null,
  hash varbinary(32) not null
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
