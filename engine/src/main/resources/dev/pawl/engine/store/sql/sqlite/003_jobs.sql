-- Jobs. What was submitted never changes and what happened is appended; only the narrow rows of open jobs come and go.
-- So the big tables have no dead rows, however many jobs are finished, and what a claim reads stays small.

-- What was submitted, and the line of the submission. The key is taken for as long as the row is there.
create table pawl_jobs (
  job_id text not null primary key,
  namespace text not null,
  type text not null,
  job_key text not null,
  digest blob not null,
  priority integer not null,
  accepted_at integer not null,
  due_at integer not null,
  deadline_at integer,
  execution integer,
  spec text,
  codec text,
  payload text not null
) without rowid;

create unique index pawl_jobs_key on pawl_jobs (namespace, type, job_key);

-- Jobs that are not over, with their lease. look_at is when a duty must look for a reason that is neither the claim nor
-- the lease: a deadline, the end of a hold, the end of a cancel's grace.
create table pawl_open_jobs (
  job_id text not null primary key,
  namespace text not null,
  type text not null,
  priority integer not null,
  phase text not null,
  version integer not null,
  epoch integer not null,
  visible_at integer not null,
  session text,
  granted_at integer,
  attempt integer not null,
  losses integer not null,
  look_at integer,
  execution integer,
  more text
) without rowid;

create index pawl_open_jobs_waiting on pawl_open_jobs (namespace, type, priority, visible_at)
  where session is null and phase <> 'HELD';
create index pawl_open_jobs_held on pawl_open_jobs (session) where session is not null;
create index pawl_open_jobs_look on pawl_open_jobs (look_at) where look_at is not null;

-- The ledger and audit of jobs, append only. A line stands at the version that it led to; the line that ends a job is its
-- terminal record. ord is 0, or a number drawn for attempts that were refused.
create table pawl_job_ledger (
  job_id text not null,
  version integer not null,
  ord integer not null,
  namespace text not null,
  at integer not null,
  event text not null,
  from_phase text,
  to_phase text not null,
  epoch integer not null,
  actor text not null,
  end_kind text,
  session text,
  granted_at integer,
  digest blob,
  cause text,
  codec text,
  result text,
  more text,
  primary key (job_id, version, ord)
) without rowid;

create table pawl_dead_letters (
  job_id text not null primary key,
  namespace text not null,
  type text not null,
  cause text not null,
  at integer not null,
  error text,
  redrive_at integer
) without rowid;

create index pawl_dead_letters_listed on pawl_dead_letters (namespace, at, job_id);
create index pawl_dead_letters_redrive on pawl_dead_letters (redrive_at) where redrive_at is not null;

-- What is known of a type: when a worker last asked for it, whether its dead letters are followed by a job of their own,
-- and whether it rests.
create table pawl_job_types (
  namespace text not null,
  type text not null,
  served_at integer,
  follows_dead integer not null,
  paused_at integer,
  paused_by text,
  paused_because text,
  primary key (namespace, type)
) without rowid;
