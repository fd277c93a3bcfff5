-- A notice is taken back by two people, as it was entered by two (A4 §40). And what would be due on a day that is itself postponed.

create table postponement_withdrawals (
  withdrawal_id   bigint generated always as identity primary key,
  postponement_id bigint not null references settlement_postponements,
  reason          text not null check (length(reason) between 5 and 500),
  request_key     text not null unique,
  made_by         text not null,
  made_at         timestamptz not null default business_now(),
  state           text not null default 'awaiting approval' check (state in ('awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn')),
  approved_by     text,
  approved_for    text,
  approved_at     timestamptz,
  check ((state = 'approved') = (approved_by is not null and approved_at is not null)),
  constraint postponement_withdrawal_maker_never_approves check (approved_by <> made_by)
);
comment on table postponement_withdrawals is 'Notices that are to be taken back; with the approval everything is due again as the files said.';
create unique index one_withdrawal_a_postponement on postponement_withdrawals (postponement_id) where state in ('awaiting approval', 'approved');
create trigger postponement_withdrawal_maker_is_no_checker after insert or update on postponement_withdrawals for each row
  execute function maker_is_no_checker('made_by', 'approved_by approved_for');
create trigger postponement_withdrawal_is_written_once before update on postponement_withdrawals for each row
  execute function is_written_once('postponement_id', 'reason', 'made_by', 'approved_by', 'approved_for', 'approved_at');

-- Dates of files whose lines fell due on the day, or would if it were not postponed itself: what moves on with it.
create function due_unless_postponed(on_channel text, day date) returns date[] language sql stable set search_path = public, pg_temp as $$
  with recursive moved(filed) as (
    select day
    union
    select p.postponed_from from moved m join settlement_postponements p
      on p.channel = on_channel and p.postponed_to = m.filed and p.state = 'approved')
  select array(select filed from moved)
$$;

grant select, insert on postponement_withdrawals to southbound_app;
grant update (state, approved_by, approved_for, approved_at) on postponement_withdrawals to southbound_app;
grant usage on all sequences in schema public to southbound_app;
grant execute on function due_unless_postponed(text, date) to southbound_app;
