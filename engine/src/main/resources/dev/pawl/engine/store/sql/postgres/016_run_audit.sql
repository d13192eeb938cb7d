-- What operators did to runs by hand, and tried, sealed: each line's hash covers the one before it, so that a line that is
-- changed, dropped or moved breaks the chain of its namespace.

create table pawl_run_audit (
  namespace text collate "C" not null,
  seq bigint not null,
  hash bytea not null,
  run_id uuid not null,
  workflow_id text collate "C" not null,
  at bigint not null,
  event text collate "C" not null,
  from_standing text collate "C" not null,
  from_epoch bigint not null,
  to_standing text collate "C" not null,
  to_epoch bigint not null,
  new_run uuid,
  refused text collate "C",
  operator text collate "C" not null,
  role text collate "C" not null,
  channel text collate "C" not null,
  ticket text collate "C",
  reason text not null,
  request_id text collate "C" not null,
  approver text collate "C",
  primary key (namespace, seq)
);

create table pawl_run_audit_heads (
  namespace text collate "C" not null primary key,
  seq bigint not null,
  hash bytea not null
);
