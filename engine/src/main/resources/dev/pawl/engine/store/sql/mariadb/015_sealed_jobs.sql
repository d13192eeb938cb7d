-- The ledgers of jobs that are over, sealed by a duty: a chain of hashes per namespace over a digest of each ledger. What is
-- pruned stays in the chain until everything before it is pruned as well; then the chain begins behind it.

create table if not exists pawl_sealed_jobs (
  job_id varchar(36) character set ascii collate ascii_bin not null,
  version bigint not null,
  namespace varchar(255) not null,
  seq bigint not null,
  digest varbinary(32) not null,
  hash varbinary(32) not null,
  primary key (job_id, version),
  unique index pawl_sealed_jobs_chain (namespace, seq)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

create table if not exists pawl_sealed_heads (
  namespace varchar(255) not null primary key,
  base bigint not null,
  base_hash varbinary(32) not null,
  seq bigint not null,
  hash varbinary(32) not null
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
