-- Questions to programs whose asker and worker are on different nodes. Rows live for seconds.
create table if not exists pawl_queries (
  query_id varchar(255) not null primary key,
  run_id varchar(36) character set ascii collate ascii_bin not null,
  namespace varchar(255) not null,
  queue varchar(255) not null,
  workflow_id varchar(255) not null,
  workflow_type varchar(255) not null,
  sticky varchar(36) character set ascii collate ascii_bin,
  name varchar(255) not null,
  input longtext,
  header longtext,
  asked_at bigint not null,
  expires_at bigint not null,
  taken_by varchar(36) character set ascii collate ascii_bin,
  outcome longtext,
  index pawl_queries_open (namespace, queue, taken_by),
  index pawl_queries_expiry (expires_at)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
