-- A step of an open day is held, repeated or aborted by hand: asked for with its reason by one, approved by a supervisor.

create table step_requests (
  request_id    bigint generated always as identity primary key,
  channel       text not null,
  business_date date not null,
  step          text not null,
  act           text not null check (act in ('hold', 'repeat', 'abort')),
  reason        text not null check (length(reason) between 5 and 500),
  request_key   text not null unique,
  made_by       text not null,
  made_for      text,
  made_at       timestamptz not null default business_now(),
  state         text not null default 'awaiting approval' check (state in ('awaiting approval', 'approved', 'refused', 'recalled')),
  approved_by   text,
  approved_for  text,
  approved_at   timestamptz,
  applied_at    timestamptz,
  check ((state = 'approved') = (approved_by is not null and approved_at is not null)),
  constraint step_request_maker_never_approves check (approved_by <> made_by),
  foreign key (channel, business_date) references settlement_days (channel, business_date)
);
comment on table step_requests is 'Steps of an evening held, repeated or aborted by hand. Of a step the approved request with the highest number counts.';
comment on column step_requests.applied_at is 'When the evening did what was approved; of a hold, when it first held.';
create unique index one_request_a_step on step_requests (channel, business_date, step) where state = 'awaiting approval';
create trigger step_request_maker_is_no_checker after insert or update on step_requests for each row
  execute function maker_is_no_checker('made_by made_for', 'approved_by approved_for');
create trigger step_request_is_written_once before update on step_requests for each row
  execute function is_written_once('channel', 'business_date', 'step', 'act', 'reason', 'request_key', 'made_by', 'made_for', 'made_at', 'approved_by',
    'approved_at', 'applied_at');

grant select, insert on step_requests to southbound_app;
grant update (state, approved_by, approved_for, approved_at, applied_at) on step_requests to southbound_app;
grant usage on all sequences in schema public to southbound_app;
