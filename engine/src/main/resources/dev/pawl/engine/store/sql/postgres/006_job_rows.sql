-- The rows of jobs that one statement takes, see the types of runs.

create type pawl_job_birth_row as (
  id uuid, job_key text, digest bytea, priority integer, at bigint, due bigint, deadline bigint, execution bigint,
  spec text, codec text, payload text
);
create type pawl_job_end_row as (
  id uuid, expected bigint, version bigint, at bigint, event text, to_phase text, actor text, end_kind text,
  digest bytea, cause text, codec text, result text, more text, error text, redrive_at bigint
);
create type pawl_job_change_row as (
  id uuid, expected bigint, phase text, version bigint, epoch bigint, visible_at bigint, session uuid,
  granted_at bigint, attempt integer, losses integer, look_at bigint, more text, at bigint, event text,
  from_phase text, to_phase text, line_epoch bigint, actor text, end_kind text, line_session uuid,
  line_granted_at bigint, digest bytea, line_more text
);
