-- The first schema, for MariaDB and MySQL. Instants are microseconds since 1970 (UTC), ids of runs and sessions are UUIDs
-- as text. DDL is not transactional here, so every statement may be run again after a crash in the middle.
-- There are no partial indexes: ready_at and the like are null except in the rows that a queue has to look at.

create table if not exists pawl_namespaces (
  name varchar(255) not null primary key,
  description longtext not null,
  retention bigint not null
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- A workflow id and its newest run: what reuse and conflict policies look at.
create table if not exists pawl_chains (
  namespace varchar(255) not null,
  workflow_id varchar(255) not null,
  run_id varchar(36) character set ascii collate ascii_bin not null,
  run_number integer not null,
  primary key (namespace, workflow_id)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- One row per run: the folded history (birth never changes, state does), the workflow task beside it, and the version
-- that guards all of it.
create table if not exists pawl_runs (
  run_id varchar(36) character set ascii collate ascii_bin not null primary key,
  namespace varchar(255) not null,
  workflow_id varchar(255) not null,
  workflow_type varchar(255) not null,
  queue varchar(255) not null,
  priority integer not null,
  run_number integer not null,
  status varchar(16) not null,
  paused integer not null,
  version bigint not null,
  phase varchar(16) not null,
  epoch bigint not null,
  session varchar(36) character set ascii collate ascii_bin,
  since bigint not null,
  visible_at bigint not null,
  seen bigint not null,
  sticky varchar(36) character set ascii collate ascii_bin,
  report integer not null,
  report_seq bigint not null,
  losses integer not null,
  failures integer not null,
  admitted integer not null,
  reason longtext,
  started_at bigint not null,
  closed_at bigint,
  last_seq bigint not null,
  history_bytes bigint not null,
  history_hash varbinary(16) not null,
  commit_id bigint not null,
  birth longtext not null,
  state longtext not null,
  ready_at bigint generated always as (case when phase = 'READY' then visible_at end) virtual,
  delayed_at bigint generated always as (case when phase = 'READY' and visible_at > since then visible_at end) virtual,
  held_by varchar(36) character set ascii collate ascii_bin generated always as (case when phase = 'LEASED' then session end) virtual,
  index pawl_runs_listed (namespace, started_at, run_id),
  index pawl_runs_of_chain (namespace, workflow_id, run_number),
  index pawl_runs_ready (namespace, queue, priority, ready_at),
  index pawl_runs_parked (sticky, ready_at),
  index pawl_runs_delayed (delayed_at),
  index pawl_runs_held (held_by),
  index pawl_runs_closed (namespace, closed_at)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- History: append only, numbered without holes.
create table if not exists pawl_events (
  run_id varchar(36) character set ascii collate ascii_bin not null,
  seq bigint not null,
  type varchar(64) not null,
  at bigint not null,
  seen bigint not null,
  commit_id bigint not null,
  data longtext not null,
  primary key (run_id, seq)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- Open activities; the lease is part of the row.
create table if not exists pawl_tasks (
  run_id varchar(36) character set ascii collate ascii_bin not null,
  step integer not null,
  namespace varchar(255) not null,
  workflow_id varchar(255) not null,
  workflow_type varchar(255) not null,
  queue varchar(255) not null,
  activity_type varchar(255) not null,
  priority integer not null,
  phase varchar(16) not null,
  attempt integer not null,
  losses integer not null,
  epoch bigint not null,
  session varchar(36) character set ascii collate ascii_bin,
  scheduled_at bigint not null,
  visible_at bigint not null,
  leased_at bigint,
  heartbeat_at bigint,
  deadline_at bigint,
  cancel_requested integer not null,
  ambiguous integer not null,
  details longtext,
  last_failure longtext,
  data longtext not null,
  primary key (run_id, step),
  waiting_at bigint generated always as (case when phase = 'WAITING' then visible_at end) virtual,
  delayed_at bigint generated always as (case when phase = 'WAITING' and visible_at > scheduled_at then visible_at end) virtual,
  index pawl_tasks_waiting (namespace, queue, priority, waiting_at),
  index pawl_tasks_delayed (delayed_at),
  index pawl_tasks_deadline (deadline_at),
  index pawl_tasks_held (session)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- Requests to be delivered at an instant: timers, deadlines, messages between runs.
create table if not exists pawl_mailbox (
  owner varchar(36) character set ascii collate ascii_bin not null,
  item varchar(255) not null,
  due bigint not null,
  kind varchar(64) not null,
  data longtext not null,
  primary key (owner, item),
  index pawl_mailbox_due (due)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- Answers to request ids, so that a repeated request changes nothing.
create table if not exists pawl_requests (
  namespace varchar(255) not null,
  workflow_id varchar(255) not null,
  request_id varchar(255) not null,
  digest varchar(128) not null,
  run_id varchar(36) character set ascii collate ascii_bin not null,
  at bigint not null,
  primary key (namespace, workflow_id, request_id),
  index pawl_requests_at (at)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

create table if not exists pawl_updates (
  run_id varchar(36) character set ascii collate ascii_bin not null,
  update_id varchar(255) not null,
  ord bigint not null,
  name varchar(255) not null,
  phase varchar(16) not null,
  input longtext,
  header longtext,
  outcome longtext,
  primary key (run_id, update_id)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- One row per incarnation of a worker process; ended_as is null while its leases count.
create table if not exists pawl_sessions (
  session_id varchar(36) character set ascii collate ascii_bin not null primary key,
  worker varchar(255) not null,
  state varchar(16) not null,
  capacity integer not null,
  build_id varchar(255),
  heartbeat bigint not null,
  opened_at bigint not null,
  last_seen bigint not null,
  expires_at bigint not null,
  ended_as varchar(16),
  index pawl_sessions_open (ended_as, expires_at),
  index pawl_sessions_seen (last_seen)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- The ledger: what happened to tasks and by operators, append only.
create table if not exists pawl_transitions (
  run_id varchar(36) character set ascii collate ascii_bin not null,
  at bigint not null,
  commit_id bigint not null,
  ord bigint not null,
  namespace varchar(255) not null,
  step integer not null,
  epoch bigint not null,
  what varchar(64) not null,
  cause varchar(64),
  actor longtext not null,
  reason longtext,
  primary key (run_id, at, commit_id, ord)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- What workers reported after they had lost their lease: shown, never applied.
create table if not exists pawl_late_reports (
  run_id varchar(36) character set ascii collate ascii_bin not null,
  at bigint not null,
  commit_id bigint not null,
  ord bigint not null,
  step integer not null,
  attempt integer not null,
  epoch bigint not null,
  kind varchar(64) not null,
  body longtext,
  why longtext not null,
  primary key (run_id, at, commit_id, ord)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- Results of steps that committed together with the user's own work.
create table if not exists pawl_step_results (
  run_id varchar(36) character set ascii collate ascii_bin not null,
  step integer not null,
  at bigint not null,
  result longtext not null,
  primary key (run_id, step)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- Typed search attributes, one row per value.
create table if not exists pawl_search_attributes (
  run_id varchar(36) character set ascii collate ascii_bin not null,
  name varchar(255) not null,
  ord bigint not null,
  namespace varchar(255) not null,
  kind varchar(64) not null,
  text_value varchar(255),
  int_value bigint,
  real_value double,
  primary key (run_id, name, ord),
  index pawl_search_attributes_text (namespace, name, text_value)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
