-- Roles for PostgreSQL. The owner of the tables migrates, nodes work, readers look; nobody but the owner can change a line of
-- the audit, or delete one that is sealed. Run it as the owner after `pawl migrate`, and again after each migration; then
-- give each node a login of its own: create role node_1 login password '...' in role pawl_node.

do $$ begin
  if not exists (select 1 from pg_roles where rolname = 'pawl_node') then create role pawl_node; end if;
  if not exists (select 1 from pg_roles where rolname = 'pawl_reader') then create role pawl_reader; end if;
end $$;

grant usage on schema public to pawl_node, pawl_reader;
grant select on all tables in schema public to pawl_node, pawl_reader;
grant insert, update, delete on all tables in schema public to pawl_node;

-- What happened is only ever added to. Retention deletes lines that are not sealed, with their jobs.
revoke update on pawl_job_ledger, pawl_transitions, pawl_late_reports, pawl_job_seals, pawl_sealed_jobs,
  pawl_run_audit from pawl_node;
revoke delete on pawl_job_seals, pawl_audit_heads, pawl_run_audit, pawl_run_audit_heads from pawl_node;
revoke insert, update, delete on pawl_schema from pawl_node;

alter table pawl_job_ledger enable row level security;
drop policy if exists pawl_look on pawl_job_ledger;
drop policy if exists pawl_add on pawl_job_ledger;
drop policy if exists pawl_forget on pawl_job_ledger;
create policy pawl_look on pawl_job_ledger for select using (true);
create policy pawl_add on pawl_job_ledger for insert with check (true);
create policy pawl_forget on pawl_job_ledger for delete using (not exists (
  select 1 from pawl_job_seals s where s.job_id = pawl_job_ledger.job_id and s.version = pawl_job_ledger.version
    and s.ord = pawl_job_ledger.ord));
