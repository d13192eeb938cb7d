-- What types of jobs need outside, and whether it is there. No row: it is.

create table if not exists pawl_breakers (
  namespace varchar(255) not null,
  name varchar(255) not null,
  state varchar(16) not null,
  failures integer not null,
  trips integer not null,
  allowed integer not null,
  passed integer not null,
  since bigint not null,
  until_at bigint,
  why longtext,
  primary key (namespace, name)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};

create table if not exists pawl_job_needs (
  namespace varchar(255) not null,
  type varchar(255) not null,
  name varchar(255) not null,
  primary key (namespace, type)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
