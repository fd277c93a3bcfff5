-- A notice file that comes after its day was closed changes nothing of that day; the days after it know it.
create table late_notice_files (
  file_id       bigint primary key references files,
  channel       channel_code not null,
  business_date date not null,
  taken_at      timestamptz not null default business_now()
);
comment on table late_notice_files is
  'Notice files that came after their day was closed: the newest of a day takes the place of its file in force for the days after it.';
create index late_notice_files_of_day on late_notice_files (channel, business_date);
grant select, insert on late_notice_files to southbound_app;

create view notices_known as
  select n.* from notices n
  left join lateral (
    select max(l.file_id) as file_id from late_notice_files l where l.channel = n.channel and l.business_date = n.business_date) late on true
  where case when late.file_id is null then (n.file_id in (select f.file_id from files_in_force f)) is true else n.file_id = late.file_id end;
comment on view notices_known is 'Notices as the days after their own know them: with what came late, and without what it took the place of.';
grant select on notices_known to southbound_app;

create function notices_known_on(of_channel channel_code, day date) returns setof notices_known language sql stable as $$
  select * from notices_known where channel = of_channel and business_date < day
  union all
  select * from notices_in_force where channel = of_channel and business_date = day
$$;
comment on function notices_known_on is 'Notices as a day knows them: its own file as it was in force when the day was closed, and all that is known of the days before.';
grant execute on function notices_known_on(channel_code, date) to southbound_app;

create or replace view splits_in_force as
  select channel, code as old_code, event_code as new_code, date_1 as effective_on, quantity_1 as new_shares, quantity_2 as old_shares
  from (select distinct on (channel, code, reserved) * from notices_known where kind = 'H10'
        order by channel, code, reserved, business_date desc, row_no desc) newest
  where mark_2 <> 'DEL';
