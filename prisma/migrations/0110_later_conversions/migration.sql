-- A split goes on after its effective date: what stands under the temporary code becomes the new one, on two days (facts 3.4, 4.2).
create table split_conversions (
  event_id           bigint not null references corporate_actions,
  leg                integer not null check (leg in (2, 3)),
  securities_account text not null,
  side               side_of_business not null,
  out_code           text not null,
  out_shares         bigint not null check (out_shares >= 0),
  in_code            text not null,
  in_shares          bigint not null check (in_shares >= 0),
  fraction           text,
  credited_out       bigint,
  credited_in        bigint,
  credited_on        date,
  state              text not null default 'computed' check (state in ('computed', 'agreed', 'differs', 'left')),
  primary key (event_id, leg, securities_account)
);
comment on table split_conversions is
  'Later conversions of a split, temporary code to new code: computed by ourselves from the holding of the evening before, beside what the clearing house moved.';
comment on column split_conversions.leg is '2: the first day of the new code (RQ2), 3: the second (RQ3).';
grant select, insert, update on split_conversions to southbound_app;
