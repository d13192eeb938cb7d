-- What types of jobs need outside, and whether it is there. No row: it is.

create table pawl_breakers (
  namespace text collate "C" not null,
  name text collate "C" not null,
  state text collate "C" not null,
  failures integer not null,
  trips integer not null,
  allowed integer not null,
  passed integer not null,
  since bigint not null,
  until_at bigint,
  why text,
  primary key (namespace, name)
);

create table pawl_job_needs (
  namespace text collate "C" not null,
  type text collate "C" not null,
  name text collate "C" not null,
  primary key (namespace, type)
);
