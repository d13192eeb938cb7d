-- The first schema. Instants are microseconds since 1970 (UTC), ids of runs and sessions are UUIDs as text.

create table pawl_namespaces (
  name text not null primary key,
  description text not null,
  retention integer not null
) without rowid;

-- A workflow id and its newest run: what reuse and conflict policies look at.
create table pawl_chains (
  namespace text not null,
  workflow_id text not null,
  run_id text not null,
  run_number integer not null,
  primary key (namespace, workflow_id)
) without rowid;

-- One row per run: the folded history (birth never changes, state does), the workflow task beside it, and the version
-- that guards all of it.
create table pawl_runs (
  run_id text not null primary key,
  namespace text not null,
  workflow_id text not null,
  workflow_type text not null,
  queue text not null,
  priority integer not null,
  run_number integer not null,
  status text not null,
  paused integer not null,
  version integer not null,
  phase text not null,
  epoch integer not null,
  session text,
  since integer not null,
  visible_at integer not null,
  seen integer not null,
  sticky text,
  report integer not null,
  report_seq integer not null,
  losses integer not null,
  failures integer not null,
  admitted integer not null,
  reason text,
  started_at integer not null,
  closed_at integer,
  last_seq integer not null,
  history_bytes integer not null,
  history_hash blob not null,
  commit_id integer not null,
  birth text not null,
  state text not null
) without rowid;

create index pawl_runs_listed on pawl_runs (namespace, started_at, run_id);
create index pawl_runs_of_chain on pawl_runs (namespace, workflow_id, run_number);
create index pawl_runs_ready on pawl_runs (namespace, queue, priority, visible_at) where phase = 'READY';
create index pawl_runs_parked on pawl_runs (sticky, visible_at) where phase = 'READY' and sticky is not null;
create index pawl_runs_delayed on pawl_runs (visible_at) where phase = 'READY' and visible_at > since;
create index pawl_runs_held on pawl_runs (session) where phase = 'LEASED';
create index pawl_runs_closed on pawl_runs (namespace, closed_at) where closed_at is not null;

-- History: append only, numbered without holes.
create table pawl_events (
  run_id text not null,
  seq integer not null,
  type text not null,
  at integer not null,
  seen integer not null,
  commit_id integer not null,
  data text not null,
  primary key (run_id, seq)
) without rowid;

-- Open activities; the lease is part of the row.
create table pawl_tasks (
  run_id text not null,
  step integer not null,
  namespace text not null,
  workflow_id text not null,
  workflow_type text not null,
  queue text not null,
  activity_type text not null,
  priority integer not null,
  phase text not null,
  attempt integer not null,
  losses integer not null,
  epoch integer not null,
  session text,
  scheduled_at integer not null,
  visible_at integer not null,
  leased_at integer,
  heartbeat_at integer,
  deadline_at integer,
  cancel_requested integer not null,
  ambiguous integer not null,
  details text,
  last_failure text,
  data text not null,
  primary key (run_id, step)
) without rowid;

create index pawl_tasks_waiting on pawl_tasks (namespace, queue, priority, visible_at) where phase = 'WAITING';
create index pawl_tasks_delayed on pawl_tasks (visible_at) where phase = 'WAITING' and visible_at > scheduled_at;
create index pawl_tasks_deadline on pawl_tasks (deadline_at) where deadline_at is not null;
create index pawl_tasks_held on pawl_tasks (session) where session is not null;

-- Requests to be delivered at an instant: timers, deadlines, messages between runs.
create table pawl_mailbox (
  owner text not null,
  item text not null,
  due integer not null,
  kind text not null,
  data text not null,
  primary key (owner, item)
) without rowid;

create index pawl_mailbox_due on pawl_mailbox (due);

-- Answers to request ids, so that a repeated request changes nothing.
create table pawl_requests (
  namespace text not null,
  workflow_id text not null,
  request_id text not null,
  digest text not null,
  run_id text not null,
  at integer not null,
  primary key (namespace, workflow_id, request_id)
) without rowid;

create index pawl_requests_at on pawl_requests (at);

create table pawl_updates (
  run_id text not null,
  update_id text not null,
  ord integer not null,
  name text not null,
  phase text not null,
  input text,
  header text,
  outcome text,
  primary key (run_id, update_id)
) without rowid;

-- One row per incarnation of a worker process; ended_as is null while its leases count.
create table pawl_sessions (
  session_id text not null primary key,
  worker text not null,
  state text not null,
  capacity integer not null,
  build_id text,
  heartbeat integer not null,
  opened_at integer not null,
  last_seen integer not null,
  expires_at integer not null,
  ended_as text
) without rowid;

create index pawl_sessions_open on pawl_sessions (expires_at) where ended_as is null;
create index pawl_sessions_seen on pawl_sessions (last_seen);

-- The ledger: what happened to tasks and by operators, append only.
create table pawl_transitions (
  run_id text not null,
  at integer not null,
  commit_id integer not null,
  ord integer not null,
  namespace text not null,
  step integer not null,
  epoch integer not null,
  what text not null,
  cause text,
  actor text not null,
  reason text,
  primary key (run_id, at, commit_id, ord)
) without rowid;

-- What workers reported after they had lost their lease: shown, never applied.
create table pawl_late_reports (
  run_id text not null,
  at integer not null,
  commit_id integer not null,
  ord integer not null,
  step integer not null,
  attempt integer not null,
  epoch integer not null,
  kind text not null,
  body text,
  why text not null,
  primary key (run_id, at, commit_id, ord)
) without rowid;

-- Results of steps that committed together with the user's own work.
create table pawl_step_results (
  run_id text not null,
  step integer not null,
  at integer not null,
  result text not null,
  primary key (run_id, step)
) without rowid;

-- Typed search attributes, one row per value.
create table pawl_search_attributes (
  run_id text not null,
  name text not null,
  ord integer not null,
  namespace text not null,
  kind text not null,
  text_value text,
  int_value integer,
  real_value real,
  primary key (run_id, name, ord)
) without rowid;

create index pawl_search_attributes_text on pawl_search_attributes (namespace, name, text_value);
