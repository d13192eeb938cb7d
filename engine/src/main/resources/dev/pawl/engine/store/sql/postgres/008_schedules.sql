-- Schedules. When one is due is a mail of its own in pawl_mailbox; next_at only shows it. A row stays when its schedule is
-- deleted, until its history has gone with the namespace's retention.
create table pawl_schedules (
  namespace text collate "C" not null,
  schedule_id text collate "C" not null,
  version bigint not null,
  events bigint not null,
  status text collate "C" not null,
  action_type text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  next_at bigint,
  deleted_at bigint,
  commit_id bigint not null,
  data text not null,
  primary key (namespace, schedule_id)
);

create index pawl_schedules_created on pawl_schedules (namespace, created_at, schedule_id);

create index pawl_schedules_deleted on pawl_schedules (namespace, deleted_at) where deleted_at is not null;

-- What happened to schedules, entry by entry, 1, 2, 3 ... each.
create table pawl_schedule_events (
  namespace text collate "C" not null,
  schedule_id text collate "C" not null,
  seq bigint not null,
  at bigint not null,
  type text collate "C" not null,
  commit_id bigint not null,
  data text not null,
  primary key (namespace, schedule_id, seq)
);

create index pawl_schedule_events_at on pawl_schedule_events (namespace, at);
