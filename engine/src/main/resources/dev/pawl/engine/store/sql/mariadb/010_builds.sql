-- The only build of workers that gets a run; null: any. Written once, at the birth.
-- This database has no transactions for its schema: what a crash left half done is found and finished.
set @pawl_sql = (select case when count(*) = 0
  then 'alter table pawl_runs add column build_id varchar(255)' else 'do 0' end
  from information_schema.columns
  where table_schema = database() and table_name = 'pawl_runs' and column_name = 'build_id');
prepare pawl_statement from @pawl_sql;
execute pawl_statement;
deallocate prepare pawl_statement;
