-- What attempts of jobs did, step by step, recorded at most once under the job's effect key: what is there is never done again.

create table pawl_job_effects (
  job_id text not null,
  step text not null,
  namespace text not null,
  epoch integer not null,
  at integer not null,
  request text,
  response text not null,
  primary key (job_id, step)
) without rowid;
