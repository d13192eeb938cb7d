-- What attempts of jobs did, step by step, recorded at most once under the job's effect key: what is there is never done again.

create table if not exists pawl_job_effects (
  job_id varchar(36) character set ascii collate ascii_bin not null,
  step varchar(128) not null,
  namespace varchar(255) not null,
  epoch bigint not null,
  at bigint not null,
  request varchar(72),
  response longtext not null,
  primary key (job_id, step)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
