-- What the restriction of an excepted conflict of duties keeps its holder from.

create table restricted_kinds (
  kind        text not null,
  restriction text not null,
  valid_from  date not null,
  valid_to    date,
  source      text not null,
  primary key (kind, restriction, valid_from),
  check (valid_from < valid_to),
  exclude using gist (kind with =, restriction with =, daterange(valid_from, valid_to) with &&)
);
comment on table restricted_kinds is
  'Kinds of tasks that whoever holds a role with this restriction takes no part in, e.g. decisions about a single security (A5 §17).';

grant select, insert on restricted_kinds to southbound_app;
grant update (valid_to) on restricted_kinds to southbound_app;
