-- Notices about settlement as the clearing house sends them in a file: a postponement, its withdrawal, a cancelled trade (A4 §40).

create table settlement_notices (
  business_date date not null,
  file_id       bigint not null,
  row_no        bigint not null,
  channel       channel_code not null,
  notice_no     text not null,
  act           text not null,
  from_date     date not null,
  to_date       date,
  cause         text not null,
  trade_no      text not null,
  words         text not null
) partition by range (business_date);
comment on table settlement_notices is 'Lines of settlement_notices: what the clearing house tells of due dates and trades.';
insert into partitioned_by_day values ('settlement_notices', 'business_date, file_id, row_no', null);
create view settlement_notices_in_force as
  select l.* from settlement_notices l where (l.file_id in (select f.file_id from files_in_force f)) is true;

grant select, insert on settlement_notices to southbound_app;
grant select on settlement_notices_in_force to southbound_app;
