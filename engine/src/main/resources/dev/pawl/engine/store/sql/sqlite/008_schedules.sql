-- Schedules. When one is due is a mail of its own in pawl_mailbox; next_at only shows it. A row stays when its schedule is
-- deleted, until its history has gone with the namespace's retention.
create table pawl_schedules (
  namespace text not null,
  schedule_id text not null,
  version integer not null,
  events integer not null,
  status text not null,
  action_type text not null,
  created_at integer not null,
  updated_at integer not null,
  next_at integer,
  deleted_at integer,
  commit_id integer not null,
  data text not null,
  primary key (namespace, schedule_id)
) without rowid;

create index pawl_schedules_created on pawl_schedules (namespace, created_at, schedule_id);

create index pawl_schedules_deleted on pawl_schedules (namespace, deleted_at) where deleted_at is not null;

-- What happened to schedules, entry by entry, 1, 2, 3 ... each.
create table pawl_schedule_events (
  namespace text not null,
  schedule_id text not null,
  seq integer not null,
  at integer not null,
  type text not null,
  commit_id integer not null,
  data text not null,
  primary key (namespace, schedule_id, seq)
) without rowid;

create index pawl_schedule_events_at on pawl_schedule_events (namespace, at);
