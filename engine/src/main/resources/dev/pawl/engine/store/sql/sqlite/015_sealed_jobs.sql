-- The ledgers of jobs that are over, sealed by a duty: a chain of hashes per namespace over a digest of each ledger. What is
-- pruned stays in the chain until everything before it is pruned as well; then the chain begins behind it.

create table pawl_sealed_jobs (
  job_id text not null,
  version integer not null,
  namespace text not null,
  seq integer not null,
  digest blob not null,
  hash blob not null,
  primary key (job_id, version)
) without rowid;

create unique index pawl_sealed_jobs_chain on pawl_sealed_jobs (namespace, seq);

create table pawl_sealed_heads (
  namespace text not null primary key,
  base integer not null,
  base_hash blob not null,
  seq integer not null,
  hash blob not null
) without rowid;
