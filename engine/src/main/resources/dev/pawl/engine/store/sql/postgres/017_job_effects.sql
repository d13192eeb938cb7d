-- What attempts of jobs did, step by step, recorded at most once under the job's effect key: what is there is never done again.

create table pawl_job_effects (
  job_id uuid not null,
  step text collate "C" not null,
  namespace text collate "C" not null,
  epoch bigint not null,
  at bigint not null,
  request text collate "C",
  response text not null,
  primary key (job_id, step)
);
