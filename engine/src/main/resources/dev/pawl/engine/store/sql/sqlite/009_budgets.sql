-- How much of a limit per minute is spent, over all nodes. One row per limit, made when it is first spent of.
create table pawl_budgets (
  namespace text not null,
  scope text not null,
  minute integer not null,
  used integer not null,
  primary key (namespace, scope)
) without rowid;
