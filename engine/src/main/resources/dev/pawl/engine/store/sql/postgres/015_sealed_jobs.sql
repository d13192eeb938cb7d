-- The ledgers of jobs that are over, sealed by a duty: a chain of hashes per namespace over a digest of each ledger. What is
-- pruned stays in the chain until everything before it is pruned as well; then the chain begins behind it.

create table pawl_sealed_jobs (
  job_id uuid not null,
  version bigint not null,
  namespace text collate "C" not null,
  seq bigint not null,
  digest bytea not null,
  hash bytea not null,
  primary key (job_id, version)
);

create unique index pawl_sealed_jobs_chain on pawl_sealed_jobs (namespace, seq);

create table pawl_sealed_heads (
  namespace text collate "C" not null primary key,
  base bigint not null,
  base_hash bytea not null,
  seq bigint not null,
  hash bytea not null
);
