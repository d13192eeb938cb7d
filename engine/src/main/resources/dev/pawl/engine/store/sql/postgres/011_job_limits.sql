-- Limits of types, and what they are counted by. Whoever grants a job of a limited type holds the row of its limits, so
-- that nodes do it one after another. A slot is a lease that counts: one whose lease has ended is swept away by whoever
-- grants next, so the end of a job needs to know nothing of limits.

alter table pawl_jobs add column limit_key text collate "C";
alter table pawl_open_jobs add column limit_key text collate "C";
create type pawl_job_birth_2_row as (
  id uuid, job_key text, digest bytea, priority integer, at bigint, due bigint, deadline bigint, execution bigint,
  spec text, codec text, payload text, limit_key text
);

create table pawl_job_limits (
  namespace text collate "C" not null,
  type text collate "C" not null,
  running integer,
  running_per_key integer,
  rate_permits integer,
  rate_period bigint,
  rate_burst integer,
  key_permits integer,
  key_period bigint,
  key_burst integer,
  primary key (namespace, type)
);

create table pawl_job_slots (
  job_id uuid not null primary key,
  namespace text collate "C" not null,
  type text collate "C" not null,
  limit_key text collate "C" not null,
  epoch bigint not null
);

create index pawl_job_slots_taken on pawl_job_slots (namespace, type, limit_key);

-- When the next one would go if they were evenly spread; the empty key is the type itself.
create table pawl_job_rates (
  namespace text collate "C" not null,
  type text collate "C" not null,
  limit_key text collate "C" not null,
  next_at bigint not null,
  primary key (namespace, type, limit_key)
);
