-- What types of jobs need outside, and whether it is there. No row: it is.

create table pawl_breakers (
  namespace text not null,
  name text not null,
  state text not null,
  failures integer not null,
  trips integer not null,
  allowed integer not null,
  passed integer not null,
  since integer not null,
  until_at integer,
  why text,
  primary key (namespace, name)
) without rowid;

create table pawl_job_needs (
  namespace text not null,
  type text not null,
  name text not null,
  primary key (namespace, type)
) without rowid;
