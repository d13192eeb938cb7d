-- Limits of types, and what they are counted by. Whoever grants a job of a limited type holds the row of its limits, so
-- that nodes do it one after another. A slot is a lease that counts: one whose lease has ended is swept away by whoever
-- grants next, so the end of a job needs to know nothing of limits.

-- This database has no transactions for its schema: what a crash left half done is found and finished.
set @pawl_sql = (select case when count(*) = 0
  then 'alter table pawl_jobs add column limit_key varchar(255)' else 'do 0' end
  from information_schema.columns
  where table_schema = database() and table_name = 'pawl_jobs' and column_name = 'limit_key');
prepare pawl_statement from @pawl_sql;
execute pawl_statement;
deallocate prepare pawl_statement;
set @pawl_sql = (select case when count(*) = 0
  then 'alter table pawl_open_jobs add column limit_key varchar(255)' else 'do 0' end
  from information_schema.columns
  where table_schema = database() and table_name = 'pawl_open_jobs' and column_name = 'limit_key');
prepare pawl_statement from @pawl_sql;
execute pawl_statement;
deallocate prepare pawl_statement;

create table if not exists pawl_job_limits (
  namespace varchar(255) not null,
  type varchar(255) not null,
  running integer,
  running_per_key integer,
  rate_permits integer,
  rate_period bigint,
  rate_burst integer,
  key_permits integer,
  key_period bigint,
  key_burst integer,
  primary key (namespace, type)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

create table if not exists pawl_job_slots (
  job_id varchar(36) character set ascii collate ascii_bin not null primary key,
  namespace varchar(255) not null,
  type varchar(255) not null,
  limit_key varchar(255) not null,
  epoch bigint not null,
  index pawl_job_slots_taken (namespace, type, limit_key)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

-- When the next one would go if they were evenly spread; the empty key is the type itself.
create table if not exists pawl_job_rates (
  namespace varchar(255) not null,
  type varchar(255) not null,
  limit_key varchar(255) not null,
  next_at bigint not null,
  primary key (namespace, type, limit_key)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
