-- The only build of workers that gets a run; null: any. Written once, at the birth.
alter table pawl_runs add column build_id text;
