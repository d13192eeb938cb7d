-- Jobs that stand for others of their kind, and jobs that are waited for together.

-- The job that stands for a singleton, or did: whether it is open tells which.
create table pawl_job_singletons (
  namespace text not null,
  type text not null,
  single_key text not null,
  job_id text not null,
  since integer not null,
  primary key (namespace, type, single_key)
) without rowid;

create index pawl_job_singletons_job on pawl_job_singletons (job_id);

-- probe is the job whose end is looked for first: while it is open, so is the batch.
create table pawl_job_batches (
  namespace text not null,
  batch_id text not null,
  callback text not null,
  opened_at integer not null,
  closed_at integer,
  probe text,
  callback_job text,
  primary key (namespace, batch_id)
) without rowid;

create index pawl_job_batches_waiting on pawl_job_batches (closed_at) where callback_job is null;

create table pawl_batch_jobs (
  namespace text not null,
  batch_id text not null,
  job_id text not null,
  primary key (namespace, batch_id, job_id)
) without rowid;
