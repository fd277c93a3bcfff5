-- Settlement that is postponed: by notice of the clearing house what is due on one day falls due on another one (A4 §40).

create table settlement_postponements (
  postponement_id bigint generated always as identity primary key,
  channel         channel_code not null,
  postponed_from  date not null,
  postponed_to    date not null,
  cause           text not null check (cause in ('typhoon', 'one-sided holiday', 'half day', 'closure')),
  notice          text not null check (length(notice) between 5 and 500),
  workflow_id     text not null unique,
  request_key     text not null unique,
  made_by         text not null,
  made_at         timestamptz not null default business_now(),
  state           text not null default 'awaiting approval' check (state in ('awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn')),
  approved_by     text,
  approved_for    text,
  approved_at     timestamptz,
  withdrawn_by    text,
  withdrawn_at    timestamptz,
  check (postponed_from < postponed_to),
  check ((state = 'withdrawn' and withdrawn_at is not null) or withdrawn_at is null),
  constraint postponement_maker_never_approves check (approved_by <> made_by),
  -- One at a time: what is due on the last day of one may be postponed further by the next.
  constraint postponements_do_not_overlap exclude using gist
    (channel with =, daterange(postponed_from, postponed_to) with &&) where (state in ('awaiting approval', 'approved'))
);
comment on table settlement_postponements is 'Due dates that moved by notice. In force while approved; a withdrawn one moves everything back.';
create trigger postponement_maker_is_no_checker after insert or update on settlement_postponements for each row
  execute function maker_is_no_checker('made_by', 'approved_by approved_for');
create trigger postponement_is_written_once before update on settlement_postponements for each row
  execute function is_written_once('channel', 'postponed_from', 'postponed_to', 'cause', 'notice', 'workflow_id', 'made_by', 'approved_by',
                                   'approved_for', 'approved_at', 'withdrawn_by', 'withdrawn_at');

-- What a file says is due on a day falls due on the last day to which it was postponed.
create function due_date_of(on_channel text, filed date) returns date language sql stable set search_path = public, pg_temp as $$
  with recursive moved(due) as (
    select filed
    union
    select p.postponed_to from moved m join settlement_postponements p
      on p.channel = on_channel and p.postponed_from = m.due and p.state = 'approved')
  select max(due) from moved
$$;
-- Dates of files whose lines fall due on the day.
create function due_on(on_channel text, day date) returns date[] language sql stable set search_path = public, pg_temp as $$
  select array(
    select filed from (select day as filed
                       union select postponed_from from settlement_postponements
                       where channel = on_channel and state = 'approved' and postponed_from < day) as dates
    where due_date_of(on_channel, filed) = day)
$$;
-- Dates of files up to the day whose lines fall due after it.
create function due_after(on_channel text, day date) returns date[] language sql stable set search_path = public, pg_temp as $$
  select array(
    select distinct postponed_from from settlement_postponements
    where channel = on_channel and state = 'approved' and postponed_from <= day and due_date_of(on_channel, postponed_from) > day)
$$;

grant select, insert on settlement_postponements to southbound_app;
grant update (state, approved_by, approved_for, approved_at, withdrawn_by, withdrawn_at) on settlement_postponements to southbound_app;
grant usage on all sequences in schema public to southbound_app;
grant execute on function due_date_of(text, date), due_on(text, date), due_after(text, date) to southbound_app;
