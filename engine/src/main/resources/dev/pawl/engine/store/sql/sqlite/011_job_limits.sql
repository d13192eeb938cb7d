-- Limits of types, and what they are counted by. Whoever grants a job of a limited type holds the row of its limits, so
-- that nodes do it one after another. A slot is a lease that counts: one whose lease has ended is swept away by whoever
-- grants next, so the end of a job needs to know nothing of limits.

alter table pawl_jobs add column limit_key text;
alter table pawl_open_jobs add column limit_key text;

create table pawl_job_limits (
  namespace text not null,
  type text not null,
  running integer,
  running_per_key integer,
  rate_permits integer,
  rate_period integer,
  rate_burst integer,
  key_permits integer,
  key_period integer,
  key_burst integer,
  primary key (namespace, type)
) without rowid;

create table pawl_job_slots (
  job_id text not null primary key,
  namespace text not null,
  type text not null,
  limit_key text not null,
  epoch integer not null
) without rowid;

create index pawl_job_slots_taken on pawl_job_slots (namespace, type, limit_key);

-- When the next one would go if they were evenly spread; the empty key is the type itself.
create table pawl_job_rates (
  namespace text not null,
  type text not null,
  limit_key text not null,
  next_at integer not null,
  primary key (namespace, type, limit_key)
) without rowid;
