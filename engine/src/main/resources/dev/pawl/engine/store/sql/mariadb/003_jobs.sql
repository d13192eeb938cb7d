-- Jobs. What was submitted never changes and what happened is appended; only the narrow rows of open jobs come and go.
-- So the big tables have no dead rows, however many jobs are finished, and what a claim reads stays small.

-- What was submitted, and the line of the submission. The key is taken for as long as the row is there.
create table if not exists pawl_jobs (
  job_id varchar(36) character set ascii collate ascii_bin not null primary key,
  namespace varchar(255) not null,
  type varchar(255) not null,
  job_key varchar(255) not null,
  digest varbinary(32) not null,
  priority integer not null,
  accepted_at bigint not null,
  due_at bigint not null,
  deadline_at bigint,
  execution bigint,
  spec longtext,
  codec varchar(255),
  payload longtext not null,
  unique index pawl_jobs_key (namespace, type, job_key)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- Jobs that are not over, with their lease. look_at is when a duty must look for a reason that is neither the claim nor
-- the lease: a deadline, the end of a hold, the end of a cancel's grace. waiting_at is null unless it can be claimed.
create table if not exists pawl_open_jobs (
  job_id varchar(36) character set ascii collate ascii_bin not null primary key,
  namespace varchar(255) not null,
  type varchar(255) not null,
  priority integer not null,
  phase varchar(16) not null,
  version bigint not null,
  epoch bigint not null,
  visible_at bigint not null,
  session varchar(36) character set ascii collate ascii_bin,
  granted_at bigint,
  attempt integer not null,
  losses integer not null,
  look_at bigint,
  execution bigint,
  more longtext,
  waiting_at bigint generated always as (case when session is null and phase <> 'HELD' then visible_at end) virtual,
  index pawl_open_jobs_waiting (namespace, type, priority, waiting_at),
  index pawl_open_jobs_held (session),
  index pawl_open_jobs_look (look_at)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- The ledger and audit of jobs, append only. A line stands at the version that it led to; the line that ends a job is its
-- terminal record. ord is 0, or a number drawn for attempts that were refused.
create table if not exists pawl_job_ledger (
  job_id varchar(36) character set ascii collate ascii_bin not null,
  version bigint not null,
  ord bigint not null,
  namespace varchar(255) not null,
  at bigint not null,
  event varchar(32) not null,
  from_phase varchar(16),
  to_phase varchar(16) not null,
  epoch bigint not null,
  actor varchar(255) not null,
  end_kind varchar(16),
  session varchar(36) character set ascii collate ascii_bin,
  granted_at bigint,
  digest varbinary(32),
  cause varchar(32),
  codec varchar(255),
  result longtext,
  more longtext,
  primary key (job_id, version, ord)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

create table if not exists pawl_dead_letters (
  job_id varchar(36) character set ascii collate ascii_bin not null primary key,
  namespace varchar(255) not null,
  type varchar(255) not null,
  cause varchar(32) not null,
  at bigint not null,
  error longtext,
  redrive_at bigint,
  index pawl_dead_letters_listed (namespace, at, job_id),
  index pawl_dead_letters_redrive (redrive_at)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- What is known of a type: when a worker last asked for it, whether its dead letters are followed by a job of their own,
-- and whether it rests.
create table if not exists pawl_job_types (
  namespace varchar(255) not null,
  type varchar(255) not null,
  served_at bigint,
  follows_dead integer not null,
  paused_at bigint,
  paused_by longtext,
  paused_because longtext,
  primary key (namespace, type)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
