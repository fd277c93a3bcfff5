-- The life of an overdraft: since when it is owed, interest that is collected, the case of what stays uncovered, and its write-off
-- (A4 §28, §33, §36; A1 §13; A5 §10).

alter table advances add column owed_since date;
comment on column advances.owed_since is 'First evening since which the client has owed without a break; null where nothing is owed.';

insert into ledgers values
  ('overdraft_interest',        'credit', '已收透支罚息',         'penalty interest collected from clients'),
  ('overdraft_interest_contra', 'debit',  '已收透支罚息对应科目', 'penalty interest collected, contra'),
  ('overdraft_loss',            'debit',  '透支核销损失',         'advances written off');

create table overdraft_case_numbers (
  business_date date primary key,
  last_no       integer not null
);
comment on table overdraft_case_numbers is 'The last number given on a day; whoever takes one waits for the one before, so numbers have no holes.';

create table overdraft_cases (
  case_no      text primary key check (case_no ~ '^V\d{8}-\d{6}$'),
  channel      channel_code not null,
  fund_account text not null references clients,
  branch       text not null,
  owed_since   date not null,
  opened_on    date not null,
  workflow_id  text not null unique,
  call_after_days     integer not null check (call_after_days > 0),
  block_after_days    integer not null check (block_after_days > call_after_days),
  recovery_after_days integer not null check (recovery_after_days > block_after_days),
  state        text not null default 'open' check (state in ('open', 'covered', 'written off')),
  ended_on     date,
  check ((state = 'open') = (ended_on is null)),
  check (owed_since <= opened_on)
);
comment on table overdraft_cases is 'What stayed uncovered long enough to be called about: one open case a client. Its terms are those of the day on which it was opened.';
create unique index one_open_overdraft_case on overdraft_cases (channel, fund_account) where state = 'open';
create trigger overdraft_case_is_written_once before update on overdraft_cases for each row
  execute function is_written_once('case_no', 'channel', 'fund_account', 'branch', 'owed_since', 'opened_on', 'workflow_id', 'ended_on');

create table overdraft_steps (
  step_id bigint generated always as identity primary key,
  case_no text not null references overdraft_cases,
  act     text not null check (act in ('call', 'ask for block', 'block by hand', 'recovery', 'lift', 'write off', 'cover')),
  nth     integer not null default 1,
  detail  jsonb not null default '{}',
  by      text not null,
  at      timestamptz not null default business_now(),
  unique (case_no, act, nth)
);
comment on table overdraft_steps is 'What was done about a case, once each. No personal data.';

create table overdraft_write_offs (
  write_off_id bigint generated always as identity primary key,
  case_no      text not null references overdraft_cases,
  nth          integer not null check (nth > 0),
  amount_fen   bigint not null check (amount_fen > 0),
  interest_waived_fen bigint not null check (interest_waived_fen >= 0),
  made_by      text not null,
  made_for     text,
  made_at      timestamptz not null default business_now(),
  state        text not null default 'awaiting approval' check (state in ('awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn')),
  approved_by  text,
  approved_for text,
  approved_at  timestamptz,
  posted_on    date,
  unique (case_no, nth),
  check ((state = 'approved') = (approved_by is not null and approved_at is not null)),
  check (posted_on is null or state = 'approved'),
  constraint write_off_maker_never_approves check (approved_by <> made_by)
);
comment on table overdraft_write_offs is 'What is given up of an advance, and the interest that is waived with it; decided by finance and then the general manager.';
create unique index one_write_off_a_case on overdraft_write_offs (case_no) where state in ('awaiting approval', 'approved');
create trigger write_off_maker_is_no_checker after insert or update on overdraft_write_offs for each row
  execute function maker_is_no_checker('made_by made_for', 'approved_by approved_for');
create trigger write_off_is_written_once before update on overdraft_write_offs for each row
  execute function is_written_once('case_no', 'nth', 'amount_fen', 'interest_waived_fen', 'made_by', 'made_for', 'approved_by', 'approved_at', 'posted_on');

-- Buying is suspended for an overdraft by the same process as for everything else.
alter table permission_changes drop constraint permission_changes_cause_check;
alter table permission_changes add constraint permission_changes_cause_check check (cause in ('by hand', 'callback', 'overdraft'));
alter table permission_changes add column overdraft_case text references overdraft_cases;
alter table permission_changes add constraint overdraft_is_named check ((cause = 'overdraft') = (overdraft_case is not null));
comment on column permission_changes.overdraft_case is 'The overdraft for which buying is suspended, or resumed once it is covered.';

grant select, insert on overdraft_case_numbers, overdraft_cases, overdraft_steps, overdraft_write_offs to southbound_app;
grant update (last_no) on overdraft_case_numbers to southbound_app;
grant update (state, ended_on) on overdraft_cases to southbound_app;
grant update (state, approved_by, approved_for, approved_at, posted_on) on overdraft_write_offs to southbound_app;
grant usage on all sequences in schema public to southbound_app;
