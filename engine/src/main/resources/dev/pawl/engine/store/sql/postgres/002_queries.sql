-- Questions to programs whose asker and worker are on different nodes. Rows live for seconds.
create table pawl_queries (
  query_id text collate "C" not null primary key,
  run_id uuid not null,
  namespace text collate "C" not null,
  queue text collate "C" not null,
  workflow_id text collate "C" not null,
  workflow_type text collate "C" not null,
  sticky uuid,
  name text not null,
  input text,
  header text,
  asked_at bigint not null,
  expires_at bigint not null,
  taken_by uuid,
  outcome text
);

create index pawl_queries_open on pawl_queries (namespace, queue) where taken_by is null;
create index pawl_queries_expiry on pawl_queries (expires_at);
