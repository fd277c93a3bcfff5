-- How long a file is kept is entered by people and decided by a second one (A2 §15); openings of institutions and closings are examined by
-- sample (A2 §17).

create table retention_changes (
  change_id    bigint generated always as identity primary key,
  client_no    text not null references archives,
  kind         text not null check (kind in ('end of relationship', 'longer period')),
  on_day       date not null,
  reason       text not null check (length(reason) between 5 and 500),
  branch       text not null,
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
  constraint retention_change_maker_never_approves check (approved_by <> made_by)
);
comment on table retention_changes is 'That a relationship has ended, or that a law asks for a longer period: asked for, and decided by a second person.';
comment on column retention_changes.on_day is 'Day on which it ended; day until which the file is kept at least.';
create unique index one_retention_change_at_once on retention_changes (client_no, kind) where state = 'awaiting approval';
create index retention_changes_of_client on retention_changes (client_no, change_id);
create trigger retention_change_maker_is_no_checker after insert or update on retention_changes for each row
  execute function maker_is_no_checker('made_by made_for', 'approved_by approved_for');
create trigger retention_change_is_written_once before update on retention_changes for each row
  execute function is_written_once('client_no', 'kind', 'on_day', 'reason', 'branch', 'workflow_id', 'made_by', 'made_for', 'made_at',
                                   'approved_by', 'approved_at');
grant select, insert on retention_changes to southbound_app;
grant update (state, approved_by, approved_for, approved_at) on retention_changes to southbound_app;
grant usage on all sequences in schema public to southbound_app;

alter table samples drop constraint samples_sample_no_check;
alter table samples add constraint samples_sample_no_check check (sample_no ~ '^(callbacks|campaign|calls|complaints|requests):[\w.-]{1,40}$');
alter table samples drop constraint samples_kind_check;
alter table samples add constraint samples_kind_check check (kind in ('callbacks', 'campaign', 'calls', 'complaints', 'requests'));
alter table inspections drop constraint inspections_kind_check;
alter table inspections add constraint inspections_kind_check check (kind in ('complaints', 'calls', 'requests'));
comment on table inspections is
  'A closed complaint, a recorded call, or a request carried out at the counter, looked at by a checklist; subject: its number, or that of the attempt.';
