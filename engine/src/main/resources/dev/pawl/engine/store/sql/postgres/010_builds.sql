-- The only build of workers that gets a run; null: any. Written once, at the birth.
alter table pawl_runs add column if not exists build_id text collate "C";
-- A type of its own: nodes of the version before send rows of the old one.
create type pawl_birth_2_row as (
  w integer, id uuid, namespace text, workflow_id text, workflow_type text, queue text, priority integer,
  run_number integer, status text, paused integer, version bigint, phase text, epoch bigint, session uuid,
  since bigint, visible_at bigint, seen bigint, sticky uuid, report integer, report_seq bigint, losses integer,
  failures integer, admitted integer, reason text, started_at bigint, closed_at bigint, last_seq bigint,
  bytes bigint, hash bytea, birth text, state text,
  build_id text
);
