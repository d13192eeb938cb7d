-- Small named things that people and workers declare: registrations, search attributes, rollouts. Never run state.
create table pawl_declarations (
  namespace text not null,
  kind text not null,
  name text not null,
  data text not null,
  declared_at integer not null,
  primary key (namespace, kind, name)
) without rowid;
