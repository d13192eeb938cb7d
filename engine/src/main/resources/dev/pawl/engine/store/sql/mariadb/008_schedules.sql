-- Schedules. When one is due is a mail of its own in pawl_mailbox; next_at only shows it. A row stays when its schedule is
-- deleted, until its history has gone with the namespace's retention.
create table if not exists pawl_schedules (
  namespace varchar(255) not null,
  schedule_id varchar(255) not null,
  version bigint not null,
  events bigint not null,
  status varchar(16) not null,
  action_type varchar(255) not null,
  created_at bigint not null,
  updated_at bigint not null,
  next_at bigint,
  deleted_at bigint,
  commit_id bigint not null,
  data longtext not null,
  primary key (namespace, schedule_id),
  index pawl_schedules_created (namespace, created_at, schedule_id),
  index pawl_schedules_deleted (namespace, deleted_at)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- What happened to schedules, entry by entry, 1, 2, 3 ... each.
create table if not exists pawl_schedule_events (
  namespace varchar(255) not null,
  schedule_id varchar(255) not null,
  seq bigint not null,
  at bigint not null,
  type varchar(64) not null,
  commit_id bigint not null,
  data longtext not null,
  primary key (namespace, schedule_id, seq),
  index pawl_schedule_events_at (namespace, at)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
