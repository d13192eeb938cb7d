-- The only build of workers that gets a run; null: any. Written once, at the birth.
alter table pawl_runs add column if not exists build_id text collate "C";
alter type pawl_birth_row add attribute build_id text;
