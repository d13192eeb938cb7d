-- The first schema. Instants are microseconds since 1970 (UTC). Text compares by bytes (collate "C"), as on the other
-- databases. The columns that a step changes are in no index, so its update stays on the row's page (HOT); fillfactor
-- leaves the room for it: the runs of a page were started together, and one group may change all of them.

create table pawl_namespaces (
  name text collate "C" not null primary key,
  description text not null,
  retention bigint not null
);

-- A workflow id and its newest run: what reuse and conflict policies look at.
create table pawl_chains (
  namespace text collate "C" not null,
  workflow_id text collate "C" not null,
  run_id uuid not null,
  run_number integer not null,
  primary key (namespace, workflow_id)
);

-- One row per run: the folded history (birth never changes, state does), the workflow task beside it, and the version
-- that guards all of it.
create table pawl_runs (
  run_id uuid not null primary key,
  namespace text collate "C" not null,
  workflow_id text collate "C" not null,
  workflow_type text collate "C" not null,
  queue text collate "C" not null,
  priority integer not null,
  run_number integer not null,
  status text collate "C" not null,
  paused integer not null,
  version bigint not null,
  phase text collate "C" not null,
  epoch bigint not null,
  session uuid,
  since bigint not null,
  visible_at bigint not null,
  seen bigint not null,
  sticky uuid,
  report integer not null,
  report_seq bigint not null,
  losses integer not null,
  failures integer not null,
  admitted integer not null,
  reason text,
  started_at bigint not null,
  closed_at bigint,
  last_seq bigint not null,
  history_bytes bigint not null,
  history_hash bytea not null,
  commit_id bigint not null,
  birth text not null,
  state text not null
) with (fillfactor = 40);

create index pawl_runs_listed on pawl_runs (namespace, started_at, run_id);
create index pawl_runs_of_chain on pawl_runs (namespace, workflow_id, run_number);
create index pawl_runs_ready on pawl_runs (namespace, queue, priority, visible_at) where phase = 'READY';
create index pawl_runs_parked on pawl_runs (sticky, visible_at) where phase = 'READY' and sticky is not null;
create index pawl_runs_delayed on pawl_runs (visible_at) where phase = 'READY' and visible_at > since;
create index pawl_runs_held on pawl_runs (session) where phase = 'LEASED';
create index pawl_runs_closed on pawl_runs (namespace, closed_at) where closed_at is not null;

-- History: append only, numbered without holes.
create table pawl_events (
  run_id uuid not null,
  seq bigint not null,
  type text collate "C" not null,
  at bigint not null,
  seen bigint not null,
  commit_id bigint not null,
  data text not null,
  primary key (run_id, seq)
);

-- Open activities; the lease is part of the row.
create table pawl_tasks (
  run_id uuid not null,
  step integer not null,
  namespace text collate "C" not null,
  workflow_id text collate "C" not null,
  workflow_type text collate "C" not null,
  queue text collate "C" not null,
  activity_type text collate "C" not null,
  priority integer not null,
  phase text collate "C" not null,
  attempt integer not null,
  losses integer not null,
  epoch bigint not null,
  session uuid,
  scheduled_at bigint not null,
  visible_at bigint not null,
  leased_at bigint,
  heartbeat_at bigint,
  deadline_at bigint,
  cancel_requested integer not null,
  ambiguous integer not null,
  details text,
  last_failure text,
  data text not null,
  primary key (run_id, step)
) with (fillfactor = 80);

create index pawl_tasks_waiting on pawl_tasks (namespace, queue, priority, visible_at) where phase = 'WAITING';
create index pawl_tasks_delayed on pawl_tasks (visible_at) where phase = 'WAITING' and visible_at > scheduled_at;
create index pawl_tasks_deadline on pawl_tasks (deadline_at) where deadline_at is not null;
create index pawl_tasks_held on pawl_tasks (session) where session is not null;

-- Requests to be delivered at an instant: timers, deadlines, messages between runs.
create table pawl_mailbox (
  owner uuid not null,
  item text collate "C" not null,
  due bigint not null,
  kind text collate "C" not null,
  data text not null,
  primary key (owner, item)
);

create index pawl_mailbox_due on pawl_mailbox (due);

-- Answers to request ids, so that a repeated request changes nothing.
create table pawl_requests (
  namespace text collate "C" not null,
  workflow_id text collate "C" not null,
  request_id text collate "C" not null,
  digest text collate "C" not null,
  run_id uuid not null,
  at bigint not null,
  primary key (namespace, workflow_id, request_id)
);

create index pawl_requests_at on pawl_requests (at);

create table pawl_updates (
  run_id uuid not null,
  update_id text collate "C" not null,
  ord bigint not null,
  name text collate "C" not null,
  phase text collate "C" not null,
  input text,
  header text,
  outcome text,
  primary key (run_id, update_id)
);

-- One row per incarnation of a worker process; ended_as is null while its leases count.
create table pawl_sessions (
  session_id uuid not null primary key,
  worker text collate "C" not null,
  state text not null,
  capacity integer not null,
  build_id text collate "C",
  heartbeat bigint not null,
  opened_at bigint not null,
  last_seen bigint not null,
  expires_at bigint not null,
  ended_as text collate "C"
) with (fillfactor = 80);

create index pawl_sessions_open on pawl_sessions (expires_at) where ended_as is null;
create index pawl_sessions_seen on pawl_sessions (last_seen);

-- The ledger: what happened to tasks and by operators, append only.
create table pawl_transitions (
  run_id uuid not null,
  at bigint not null,
  commit_id bigint not null,
  ord bigint not null,
  namespace text collate "C" not null,
  step integer not null,
  epoch bigint not null,
  what text collate "C" not null,
  cause text collate "C",
  actor text collate "C" not null,
  reason text,
  primary key (run_id, at, commit_id, ord)
);

-- What workers reported after they had lost their lease: shown, never applied.
create table pawl_late_reports (
  run_id uuid not null,
  at bigint not null,
  commit_id bigint not null,
  ord bigint not null,
  step integer not null,
  attempt integer not null,
  epoch bigint not null,
  kind text collate "C" not null,
  body text,
  why text not null,
  primary key (run_id, at, commit_id, ord)
);

-- Results of steps that committed together with the user's own work.
create table pawl_step_results (
  run_id uuid not null,
  step integer not null,
  at bigint not null,
  result text not null,
  primary key (run_id, step)
);

-- Typed search attributes, one row per value.
create table pawl_search_attributes (
  run_id uuid not null,
  name text collate "C" not null,
  ord bigint not null,
  namespace text collate "C" not null,
  kind text collate "C" not null,
  text_value text collate "C",
  int_value bigint,
  real_value double precision,
  primary key (run_id, name, ord)
);

create index pawl_search_attributes_text on pawl_search_attributes (namespace, name, text_value);

-- The rows of a commit, one type for each part of it; w is the place of the row's write in its group.
create type pawl_run_change_row as (
  w integer, id uuid, expected bigint, status text, paused integer, version bigint, phase text, epoch bigint,
  session uuid, since bigint, visible_at bigint, seen bigint, sticky uuid, report integer, report_seq bigint,
  losses integer, failures integer, admitted integer, reason text, closed_at bigint, last_seq bigint, bytes bigint,
  hash bytea, state text
);
create type pawl_run_guard_row as (
  w integer, id uuid, expected bigint
);
create type pawl_birth_guard_row as (
  w integer, id uuid
);
create type pawl_new_chain_guard_row as (
  w integer, namespace text, workflow_id text
);
create type pawl_chain_guard_row as (
  w integer, namespace text, workflow_id text, expected uuid
);
create type pawl_task_guard_row as (
  w integer, id uuid, step integer, epoch bigint
);
create type pawl_mail_key_row as (
  w integer, owner uuid, item text
);
create type pawl_birth_row as (
  w integer, id uuid, namespace text, workflow_id text, workflow_type text, queue text, priority integer,
  run_number integer, status text, paused integer, version bigint, phase text, epoch bigint, session uuid,
  since bigint, visible_at bigint, seen bigint, sticky uuid, report integer, report_seq bigint, losses integer,
  failures integer, admitted integer, reason text, started_at bigint, closed_at bigint, last_seq bigint,
  bytes bigint, hash bytea, birth text, state text
);
create type pawl_chain_row as (
  w integer, namespace text, workflow_id text, run_id uuid, run_number integer
);
create type pawl_event_row as (
  w integer, id uuid, seq bigint, type text, at bigint, seen bigint, data text
);
create type pawl_task_key_row as (
  w integer, id uuid, step integer
);
create type pawl_task_lease_row as (
  w integer, id uuid, step integer, phase text, attempt integer, losses integer, epoch bigint, session uuid,
  visible_at bigint, leased_at bigint, heartbeat_at bigint, deadline_at bigint, cancel_requested integer,
  ambiguous integer, details text, last_failure text
);
create type pawl_new_task_row as (
  w integer, id uuid, step integer, phase text, attempt integer, losses integer, epoch bigint, session uuid,
  visible_at bigint, leased_at bigint, heartbeat_at bigint, deadline_at bigint, cancel_requested integer,
  ambiguous integer, details text, last_failure text, namespace text, workflow_id text, workflow_type text,
  queue text, activity_type text, priority integer, scheduled_at bigint, data text
);
create type pawl_mail_row as (
  w integer, owner uuid, item text, due bigint, kind text, data text
);
create type pawl_new_update_row as (
  w integer, id uuid, update_id text, ord bigint, name text, phase text, input text, header text, outcome text
);
create type pawl_update_end_row as (
  w integer, id uuid, update_id text, phase text, outcome text
);
create type pawl_request_row as (
  w integer, namespace text, workflow_id text, request_id text, digest text, run_id uuid, at bigint
);
create type pawl_note_row as (
  w integer, id uuid, at bigint, ord bigint, namespace text, step integer, epoch bigint, what text, cause text,
  actor text, reason text
);
create type pawl_late_report_row as (
  w integer, id uuid, at bigint, ord bigint, step integer, attempt integer, epoch bigint, kind text, body text,
  why text
);
create type pawl_attribute_row as (
  w integer, id uuid, name text, ord bigint, namespace text, kind text, text_value text, int_value bigint,
  real_value double precision
);
