-- Due dates follow notices and calendars together, whichever came first (A4 §40): what falls due on a day that is no settlement day, or is none any
-- more since a calendar was corrected, settles on the next one. A day that the book has opened stays what it was opened as: from then on a
-- closure comes as a notice. The rule stands in domain/settlement/due-date.ts.

-- Outside the known range of a calendar nothing is guessed: dates stay as filed.
create function is_settlement_day(on_channel text, asked date) returns boolean language sql stable set search_path = public, pg_temp as $$
  select coalesce(
    (select d.settlement_day from settlement_days d where d.channel = on_channel and d.business_date = asked),
    (select bool_and(coalesce(k.kind, case when extract(isodow from asked) < 6 then 'OPEN' else 'CLOSED' end) = 'OPEN')
     from (select distinct on (calendar) calendar, version, known_from, known_to from calendar_versions
           where calendar in (case on_channel when 'SH' then 'SSE' else 'SZSE' end, 'SEHK') order by calendar, version desc) v
     left join calendar_days k on k.calendar = v.calendar and k.version = v.version and k.day = asked
     where asked between v.known_from and v.known_to having count(*) = 2),
    true)
$$;

-- What a file says is due on a day falls due where notices and then the calendar move it.
create or replace function due_date_of(on_channel text, filed date) returns date language sql stable set search_path = public, pg_temp as $$
  with recursive moved(due) as (
    select filed
    union
    select n.due from moved m cross join lateral (
      select coalesce((select p.postponed_to from settlement_postponements p
                       where p.channel = on_channel and p.postponed_from = m.due and p.state = 'approved'),
                      case when not is_settlement_day(on_channel, m.due) then m.due + 1 end) as due) n
    where n.due is not null)
  select max(due) from moved
$$;

-- Dates of files whose lines fell due on the day, or would if it were not postponed itself or no settlement day: what moves on with it.
create or replace function due_unless_postponed(on_channel text, day date) returns date[] language sql stable set search_path = public, pg_temp as $$
  with recursive moved(filed) as (
    select day
    union
    select n.filed from moved m cross join lateral (
      select p.postponed_from as filed from settlement_postponements p
      where p.channel = on_channel and p.postponed_to = m.filed and p.state = 'approved'
      union all
      select m.filed - 1 where not is_settlement_day(on_channel, m.filed - 1)
        and not exists (select 1 from settlement_postponements p
                        where p.channel = on_channel and p.postponed_from = m.filed - 1 and p.state = 'approved')) n)
  select array(select filed from moved)
$$;

-- Dates of files whose lines fall due on the day.
create or replace function due_on(on_channel text, day date) returns date[] language sql stable set search_path = public, pg_temp as $$
  select case when due_date_of(on_channel, day) = day then due_unless_postponed(on_channel, day) else array[]::date[] end
$$;

-- Dates of files up to the day whose lines fall due after it: what a notice takes over it, or it passes on because it is no settlement day.
create or replace function due_after(on_channel text, day date) returns date[] language sql stable set search_path = public, pg_temp as $$
  select array(
    select distinct unnest(due_unless_postponed(on_channel, over.filed)) from (
      select postponed_from as filed from settlement_postponements
      where channel = on_channel and state = 'approved' and postponed_from <= day and postponed_to > day
      union
      select day where due_date_of(on_channel, day) > day) as over)
$$;

grant execute on function is_settlement_day(text, date) to southbound_app;
