-- What operators did to runs by hand, and tried, sealed: each line's hash covers the one before it, so that a line that is
-- changed, dropped or moved breaks the chain of its namespace.

create table pawl_run_audit (
  namespace text not null,
  seq integer not null,
  hash blob not null,
  run_id text not null,
  workflow_id text not null,
  at integer not null,
  event text not null,
  from_standing text not null,
  from_epoch integer not null,
  to_standing text not null,
  to_epoch integer not null,
  new_run text,
  refused text,
  operator text not null,
  role text not null,
  channel text not null,
  ticket text,
  reason text not null,
  request_id text not null,
  approver text,
  primary key (namespace, seq)
) without rowid;

create table pawl_run_audit_heads (
  namespace text not null primary key,
  seq integer not null,
  hash blob not null
) without rowid;
