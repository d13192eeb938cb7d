-- Small named things that people and workers declare: registrations, search attributes, rollouts. Never run state.
create table pawl_declarations (
  namespace text collate "C" not null,
  kind text collate "C" not null,
  name text collate "C" not null,
  data text not null,
  declared_at bigint not null,
  primary key (namespace, kind, name)
);
