-- Jobs that stand for others of their kind, and jobs that are waited for together.

-- The job that stands for a singleton, or did: whether it is open tells which.
create table if not exists pawl_job_singletons (
  namespace varchar(255) not null,
  type varchar(255) not null,
  single_key varchar(255) not null,
  job_id varchar(36) character set ascii collate ascii_bin not null,
  since bigint not null,
  primary key (namespace, type, single_key),
  index pawl_job_singletons_job (job_id)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- probe is the job whose end is looked for first: while it is open, so is the batch.
create table if not exists pawl_job_batches (
  namespace varchar(255) not null,
  batch_id varchar(255) not null,
  callback varchar(255) not null,
  opened_at bigint not null,
  closed_at bigint,
  probe varchar(36) character set ascii collate ascii_bin,
  callback_job varchar(36) character set ascii collate ascii_bin,
  primary key (namespace, batch_id),
  index pawl_job_batches_waiting (callback_job, closed_at)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

create table if not exists pawl_batch_jobs (
  namespace varchar(255) not null,
  batch_id varchar(255) not null,
  job_id varchar(36) character set ascii collate ascii_bin not null,
  primary key (namespace, batch_id, job_id)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
