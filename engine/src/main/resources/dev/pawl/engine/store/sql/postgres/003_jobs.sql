-- Jobs. What was submitted never changes and what happened is appended; only the narrow rows of open jobs come and go.
-- So the big tables have no dead rows, however many jobs are finished, and what a claim reads stays small.

-- What was submitted, and the line of the submission. The key is taken for as long as the row is there.
create table pawl_jobs (
  job_id uuid not null primary key,
  namespace text collate "C" not null,
  type text collate "C" not null,
  job_key text collate "C" not null,
  digest bytea not null,
  priority integer not null,
  accepted_at bigint not null,
  due_at bigint not null,
  deadline_at bigint,
  execution bigint,
  spec text,
  codec text collate "C",
  payload text not null
);

create unique index pawl_jobs_key on pawl_jobs (namespace, type, job_key);

-- Jobs that are not over, with their lease. look_at is when a duty must look for a reason that is neither the claim nor
-- the lease: a deadline, the end of a hold, the end of a cancel's grace.
create table pawl_open_jobs (
  job_id uuid not null primary key,
  namespace text collate "C" not null,
  type text collate "C" not null,
  priority integer not null,
  phase text collate "C" not null,
  version bigint not null,
  epoch bigint not null,
  visible_at bigint not null,
  session uuid,
  granted_at bigint,
  attempt integer not null,
  losses integer not null,
  look_at bigint,
  execution bigint,
  more text
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0);

create index pawl_open_jobs_waiting on pawl_open_jobs (namespace, type, priority, visible_at)
  where session is null and phase <> 'HELD';
create index pawl_open_jobs_held on pawl_open_jobs (session) where session is not null;
create index pawl_open_jobs_look on pawl_open_jobs (look_at) where look_at is not null;

-- The ledger and audit of jobs, append only. A line stands at the version that it led to; the line that ends a job is its
-- terminal record. ord is 0, or a number drawn for attempts that were refused.
create table pawl_job_ledger (
  job_id uuid not null,
  version bigint not null,
  ord bigint not null,
  namespace text collate "C" not null,
  at bigint not null,
  event text collate "C" not null,
  from_phase text collate "C",
  to_phase text collate "C" not null,
  epoch bigint not null,
  actor text collate "C" not null,
  end_kind text collate "C",
  session uuid,
  granted_at bigint,
  digest bytea,
  cause text collate "C",
  codec text collate "C",
  result text,
  more text,
  primary key (job_id, version, ord)
);

create table pawl_dead_letters (
  job_id uuid not null primary key,
  namespace text collate "C" not null,
  type text collate "C" not null,
  cause text collate "C" not null,
  at bigint not null,
  error text,
  redrive_at bigint
);

create index pawl_dead_letters_listed on pawl_dead_letters (namespace, at, job_id);
create index pawl_dead_letters_redrive on pawl_dead_letters (redrive_at) where redrive_at is not null;

-- What is known of a type: when a worker last asked for it, whether its dead letters are followed by a job of their own,
-- and whether it rests.
create table pawl_job_types (
  namespace text collate "C" not null,
  type text collate "C" not null,
  served_at bigint,
  follows_dead integer not null,
  paused_at bigint,
  paused_by text,
  paused_because text,
  primary key (namespace, type)
);
