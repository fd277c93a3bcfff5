-- The desk of breaks: to whom each is assigned, exceptions that are signed anew once they have run out, and what is written off (A4 §11).

create table break_assignments (
  assignment_id bigint generated always as identity primary key,
  finding_id    bigint not null references findings,
  assigned_to   text not null references people,
  assigned_by   text not null,
  reason        text not null check (length(reason) between 5 and 500),
  request_key   text not null unique,
  at            timestamptz not null default business_now()
);
create index break_assignments_of_break on break_assignments (finding_id, assignment_id);
comment on table break_assignments is 'Who looks into a break, the last row counts. Whoever looks into it signs no exception for it.';

create table break_write_offs (
  write_off_id bigint generated always as identity primary key,
  finding_id   bigint not null references findings,
  amount_fen   bigint not null check (amount_fen <> 0),
  reason       text not null check (length(reason) between 5 and 500),
  workflow_id  text not null unique,
  request_key  text not null unique,
  made_by      text not null,
  made_for     text,
  made_at      timestamptz not null default business_now(),
  state        text not null default 'awaiting approval' check (state in ('awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn')),
  approved_by  text,
  approved_for text,
  approved_at  timestamptz,
  check ((state = 'approved') = (approved_by is not null and approved_at is not null)),
  constraint break_write_off_maker_never_approves check (approved_by <> made_by)
);
comment on table break_write_offs is 'What is given up of a break; decided by others, by amount. A difference of an account is booked with the approval.';
comment on column break_write_offs.amount_fen is 'Outside less our books, fen.';
create unique index one_write_off_a_break on break_write_offs (finding_id) where state in ('awaiting approval', 'approved');
create trigger break_write_off_maker_is_no_checker after insert or update on break_write_offs for each row
  execute function maker_is_no_checker('made_by made_for', 'approved_by approved_for');
create trigger break_write_off_is_written_once before update on break_write_offs for each row
  execute function is_written_once('finding_id', 'amount_fen', 'reason', 'workflow_id', 'made_by', 'made_for', 'approved_by', 'approved_at');

insert into ledgers values
  ('break_loss', 'debit', '差异核销损失', 'differences written off');

-- A break is decided while a signed exception runs, or for ever where it is written off.
create view break_verdicts as
  select f.finding_id,
         case when exists (select 1 from break_write_offs w where w.finding_id = f.finding_id and w.state = 'approved') then 'written off'
              when d.finding_id is null then 'open'
              when d.expires_on >= (business_now() at time zone 'Asia/Shanghai')::date then 'excepted'
              else 'expired' end as verdict,
         (select a.assigned_to from break_assignments a where a.finding_id = f.finding_id order by a.assignment_id desc limit 1) as assigned_to
  from findings f left join break_decisions d using (finding_id) where f.outcome = 'break';
comment on view break_verdicts is 'Each break with where it stands now: open, excepted, expired (its exception has run out) or written off.';

grant select on break_verdicts to southbound_app;
grant select, insert on break_assignments, break_write_offs to southbound_app;
grant update (state, approved_by, approved_for, approved_at) on break_write_offs to southbound_app;
grant update (reason, expires_on, signed_by, at) on break_decisions to southbound_app;
grant usage on all sequences in schema public to southbound_app;
