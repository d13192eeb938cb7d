-- How much of a limit per minute is spent, over all nodes. One row per limit, made when it is first spent of.
create table pawl_budgets (
  namespace text collate "C" not null,
  scope text collate "C" not null,
  minute bigint not null,
  used bigint not null,
  primary key (namespace, scope)
);
