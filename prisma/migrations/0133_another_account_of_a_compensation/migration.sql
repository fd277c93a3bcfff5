-- A compensation that is approved and cannot be paid to its account is paid to another one of the same client: asked for by one, approved by others.

create table payee_corrections (
  correction_id bigint generated always as identity primary key,
  proposal_id   bigint not null references complaint_proposals,
  nth           integer not null check (nth > 0),
  payee         text not null,
  reason        text not null,
  asked_by      text not null,
  asked_at      timestamptz not null default business_now(),
  state         text not null default 'awaiting approval' check (state in ('awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn')),
  approved_by   text,
  approved_for  text,
  approved_at   timestamptz,
  unique (proposal_id, nth),
  check ((state = 'approved') = (approved_by is not null and approved_at is not null))
);
comment on table payee_corrections is 'Another fund account of the same client, to which an approved compensation is paid; asked for by one, approved by others before it is paid.';
comment on column payee_corrections.payee is 'Fund account that it is paid to from the approval on.';
create unique index one_correction_awaits on payee_corrections (proposal_id) where state = 'awaiting approval';
create trigger asker_is_no_approver after insert or update on payee_corrections for each row
  execute function maker_is_no_checker('asked_by', 'approved_by approved_for');
create trigger correction_is_written_once before update on payee_corrections for each row
  execute function is_written_once('proposal_id', 'nth', 'payee', 'reason', 'asked_by', 'asked_at', 'approved_by', 'approved_for', 'approved_at');

grant select, insert on payee_corrections to southbound_app;
grant update (state, approved_by, approved_for, approved_at) on payee_corrections to southbound_app;
