-- Jobs that stand for others of their kind, and jobs that are waited for together.

-- The job that stands for a singleton, or did: whether it is open tells which.
create table pawl_job_singletons (
  namespace text collate "C" not null,
  type text collate "C" not null,
  single_key text collate "C" not null,
  job_id uuid not null,
  since bigint not null,
  primary key (namespace, type, single_key)
);

create index pawl_job_singletons_job on pawl_job_singletons (job_id);

-- probe is the job whose end is looked for first: while it is open, so is the batch.
create table pawl_job_batches (
  namespace text collate "C" not null,
  batch_id text collate "C" not null,
  callback text collate "C" not null,
  opened_at bigint not null,
  closed_at bigint,
  probe uuid,
  callback_job uuid,
  primary key (namespace, batch_id)
);

create index pawl_job_batches_waiting on pawl_job_batches (closed_at) where callback_job is null;

create table pawl_batch_jobs (
  namespace text collate "C" not null,
  batch_id text collate "C" not null,
  job_id uuid not null,
  primary key (namespace, batch_id, job_id)
);
