-- What operators did to runs by hand, and tried, sealed: each line's hash covers the one before it, so that a line that is
-- changed, dropped or moved breaks the chain of its namespace.

create table if not exists pawl_run_audit (
  namespace varchar(255) not null,
  seq bigint not null,
  hash varbinary(32) not null,
  run_id varchar(36) character set ascii collate ascii_bin not null,
  workflow_id varchar(255) not null,
  at bigint not null,
  event varchar(64) not null,
  from_standing varchar(64) not null,
  from_epoch bigint not null,
  to_standing varchar(64) not null,
  to_epoch bigint not null,
  new_run varchar(36) character set ascii collate ascii_bin,
  refused varchar(64),
  operator text not null,
  role text not null,
  channel text not null,
  ticket text,
  reason text not null,
  request_id text not null,
  approver text,
  primary key (namespace, seq)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

create table if not exists pawl_run_audit_heads (
  namespace varchar(255) not null primary key,
  seq bigint not null,
  hash varbinary(32) not null
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
