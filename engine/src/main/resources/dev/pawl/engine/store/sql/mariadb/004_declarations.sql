-- Small named things that people and workers declare: registrations, search attributes, rollouts. Never run state.
create table if not exists pawl_declarations (
  namespace varchar(255) not null,
  kind varchar(32) not null,
  name varchar(255) not null,
  data longtext not null,
  declared_at bigint not null,
  primary key (namespace, kind, name)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
