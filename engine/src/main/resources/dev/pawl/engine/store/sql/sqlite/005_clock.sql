-- SQLite has no clock: the latest time that any process has put down. Nobody's time falls behind it.
create table pawl_clock (
  id integer not null primary key,
  at integer not null
);
