-- How much of a limit per minute is spent, over all nodes. One row per limit, made when it is first spent of.
create table if not exists pawl_budgets (
  namespace varchar(255) not null,
  scope varchar(255) not null,
  minute bigint not null,
  used bigint not null,
  primary key (namespace, scope)
) engine = InnoDB row_format = dynamic character set utf8mb4 collate {collation};
