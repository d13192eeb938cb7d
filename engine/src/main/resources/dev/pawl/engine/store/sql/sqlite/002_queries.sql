-- Questions to programs whose asker and worker are on different nodes. Rows live for seconds.
create table pawl_queries (
  query_id text not null primary key,
  run_id text not null,
  namespace text not null,
  queue text not null,
  workflow_id text not null,
  workflow_type text not null,
  sticky text,
  name text not null,
  input text,
  header text,
  asked_at integer not null,
  expires_at integer not null,
  taken_by text,
  outcome text
) without rowid;

create index pawl_queries_open on pawl_queries (namespace, queue) where taken_by is null;
create index pawl_queries_expiry on pawl_queries (expires_at);
