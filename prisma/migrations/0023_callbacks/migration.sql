-- Callbacks (A2 §5): who is called back about what, with which questions, how each call went and what came of it. Purposes, scripts
-- and what follows from an answer are dated rows. What a client answered stands in a table of its own (callback_results).

create table callback_follow_ups (
  follow_up  text not null,
  title_zh   text not null,
  title_en   text not null,
  role       text not null references roles,
  act        text not null check (act in ('task', 'suspension')),
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (follow_up, valid_from),
  check (valid_from < valid_to),
  exclude using gist (follow_up with =, daterange(valid_from, valid_to) with &&)
);
comment on column callback_follow_ups.act is 'task: somebody of the role does it; suspension: operations is asked to suspend buying.';
create table callback_purposes (
  purpose    text not null,
  name_zh    text not null,
  name_en    text not null,
  script     text,
  days       integer check (days > 0),
  owner_role text not null references roles,
  ladder     text not null,
  asked_by   text[] not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (purpose, valid_from),
  check (valid_from < valid_to),
  exclude using gist (purpose with =, daterange(valid_from, valid_to) with &&)
);
comment on column callback_purposes.script is 'Null: whoever asks names it, as a kind of permission does; so with days.';
comment on column callback_purposes.asked_by is 'Roles that ask for one by hand; none: its process asks.';
create table callback_consequences (
  purpose    text not null,
  cause      text not null check (cause in ('doubtful', 'refused', 'unreachable', 'wrong number')),
  follow_up  text not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (purpose, cause, follow_up, valid_from),
  check (valid_from < valid_to)
);
comment on table callback_consequences is 'What follows from how a callback went, besides what single answers bring.';
create table callback_scripts (
  script     text not null,
  version    integer not null check (version > 0),
  title_zh   text not null,
  title_en   text not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (script, version),
  check (valid_from < valid_to),
  exclude using gist (script with =, daterange(valid_from, valid_to) with &&)
);
create table callback_questions (
  script      text not null,
  version     integer not null,
  place       integer not null,
  question    text not null,
  question_zh text not null,
  question_en text not null,
  answer      text not null,
  answer_zh   text not null,
  answer_en   text not null,
  follow_up   text,
  primary key (script, version, place),
  unique (script, version, question, answer),
  foreign key (script, version) references callback_scripts
);
comment on table callback_questions is 'A line an answer that is offered, in the order of the call; answers of a question stand together.';
comment on column callback_questions.follow_up is 'What a trouble answer brings; null: no trouble.';

create table callbacks (
  callback_no    text primary key check (callback_no ~ '^K\d{8}-\d{6}$'),
  business_key   text not null unique,
  purpose        text not null,
  purpose_from   date not null,
  subject        text not null,
  client_no      text not null references registered_clients,
  script         text not null,
  script_version integer not null,
  days           integer not null check (days > 0),
  filed_with     text,
  asked_by       text not null,
  reason         text,
  state          text not null default 'open' check (state in ('open', 'escalated', 'ended')),
  rounds         integer not null default 1 check (rounds > 0),
  outcome        text check (outcome in ('confirmed', 'doubtful', 'refused', 'unreachable')),
  given_up       text check (given_up in ('suspend', 'leave')),
  revision       integer not null default 1 check (revision > 0),
  workflow_id    text not null unique,
  asked_at       timestamptz not null default business_now(),
  ended_at       timestamptz,
  ended_by       text,
  foreign key (purpose, purpose_from) references callback_purposes,
  foreign key (script, script_version) references callback_scripts,
  constraint given_up_by_decision check ((outcome is not distinct from 'unreachable') = (given_up is not null)),
  constraint ended_with_an_outcome check ((state = 'ended') = (outcome is not null and ended_at is not null and ended_by is not null))
);
comment on column callbacks.subject is 'Business key of what it is about: request, complaint, sample; never personal.';
comment on column callbacks.filed_with is 'Process whose file the record completes, and which is told how the callback ended.';
comment on column callbacks.rounds is 'Rounds of attempts: one, and one more each time it is decided to try an unreachable client again.';
comment on column callbacks.given_up is 'What was decided about a client who was not reached: what follows from it, or nothing.';
create index callbacks_of_client on callbacks (client_no, callback_no);
create index callbacks_open on callbacks (state, callback_no) where state <> 'ended';
create trigger callback_is_written_once before update on callbacks for each row
  execute function is_written_once('business_key', 'purpose', 'subject', 'client_no', 'script', 'script_version', 'days', 'outcome', 'given_up',
                                   'ended_at', 'ended_by');
create table callback_numbers (
  business_date date primary key,
  last_no       integer not null
);
comment on table callback_numbers is 'The last number given on a day, as of requests.';
create table callback_hands (
  callback_no text not null references callbacks,
  person      text not null,
  primary key (callback_no, person)
);
comment on table callback_hands is 'Who had a hand in what the client is called about, and does not call.';

create table callback_attempts (
  attempt_id  bigint generated always as identity primary key,
  callback_no text not null references callbacks,
  nth         integer not null check (nth > 0),
  attempt_key text not null unique,
  begun_by    text not null,
  begun_at    timestamptz not null default business_now(),
  unique (callback_no, nth)
);
create table callback_results (
  attempt_id       bigint primary key references callback_attempts,
  result           text not null check (result in ('reached', 'no answer', 'wrong number', 'refused')),
  answers          jsonb not null,
  doubt            text,
  recording        text unique,
  recording_sha256 text check (recording_sha256 ~ '^[0-9a-f]{64}$'),
  recorded_by      text not null,
  recorded_at      timestamptz not null default business_now(),
  constraint talk_is_recorded check (result not in ('reached', 'refused') or recording is not null),
  check ((recording is null) = (recording_sha256 is null))
);
comment on table callback_results is 'Personal: what a client answered, and where the recording of the call is kept.';

-- The last layer of "never the own account manager, never a hand": whatever account is used, the human is compared.
create function caller_is_nobody_concerned() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare caller text := to_jsonb(new) ->> tg_argv[0]; called text;
begin
  called := coalesce(to_jsonb(new) ->> 'callback_no',
                     (select a.callback_no from callback_attempts a where a.attempt_id = (to_jsonb(new) ->> 'attempt_id')::bigint));
  perform 1
    from callbacks k join registered_clients c using (client_no)
   where k.callback_no = called
     and (natural_person(c.account_manager) = natural_person(caller)
          or exists (select from callback_hands h where h.callback_no = called and natural_person(h.person) = natural_person(caller)));
  if found then
    raise exception 'whoever is concerned does not call back' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;
create trigger caller_is_nobody_concerned before insert on callback_attempts for each row
  execute function caller_is_nobody_concerned('begun_by');
create trigger result_is_of_nobody_concerned before insert on callback_results for each row
  execute function caller_is_nobody_concerned('recorded_by');

-- Terms of kinds of permission that callbacks, suspensions and changes of commission read.
alter table permission_types
  add column callback_script text not null default 'hksc-opening',
  add column counter_buying  text[] not null default '{southbound-purchase}' check (cardinality(counter_buying) > 0),
  add column clearing_channels text[] not null default '{SH}';
alter table permission_types
  alter column callback_script drop default, alter column counter_buying drop default, alter column clearing_channels drop default;
comment on column permission_types.counter_buying is 'Rights at the counter without which nothing is bought; selling stays possible.';

comment on column permission_types.clearing_channels is 'Channels whose trades are charged at the commission of the permission; none: we clear none of them.';

-- What becomes of an open permission: buying suspended and lifted, another commission. Each is a request with its approval.
alter table permission_requests drop constraint permission_requests_kind_check;
alter table permission_requests add constraint permission_requests_kind_check
  check (kind in ('opening', 'institution opening', 'closing', 'suspension', 'lifting', 'commission change'));
create table permission_changes (
  request_no   text primary key references permission_requests,
  opened_by    text not null references permissions,
  cause        text not null check (cause in ('by hand', 'callback')),
  callback_no  text unique references callbacks,
  reason       text not null check (length(reason) between 5 and 500),
  made_by      text not null,
  rate_before  numeric(12, 8),
  rate_after   numeric(12, 8) check (rate_after >= 0 and rate_after < 1),
  effective_on date,
  approved_by  text,
  approved_for text,
  approved_at  timestamptz,
  constraint change_is_approved_whole check ((approved_by is null) = (approved_at is null)),
  constraint cause_is_named check ((cause = 'callback') = (callback_no is not null)),
  constraint commission_is_whole check (num_nulls(rate_before, rate_after, effective_on) in (0, 3)),
  constraint commission_changes check (rate_before <> rate_after)
);
comment on column permission_changes.opened_by is 'The permission, by the request that opened it.';
comment on column permission_changes.effective_on is 'First trade date that is charged at the new rate.';
create index permission_changes_of_permission on permission_changes (opened_by);
create trigger change_maker_is_no_checker before insert or update on permission_changes for each row
  execute function maker_is_no_checker('made_by', 'approved_by approved_for');
create trigger permission_change_is_written_once before update on permission_changes for each row
  execute function is_written_once('approved_by', 'approved_at');
create table permission_suspensions (
  request_no   text primary key references permission_requests,
  opened_by    text not null references permissions,
  suspended_at timestamptz not null default business_now(),
  lifted_with  text references permission_requests,
  lifted_at    timestamptz,
  check ((lifted_with is null) = (lifted_at is null)),
  check (suspended_at <= lifted_at)
);
comment on table permission_suspensions is 'When buying was suspended, by which request, and lifted again.';
create unique index one_suspension on permission_suspensions (opened_by) where lifted_at is null;
create trigger suspension_is_written_once before update on permission_suspensions for each row
  execute function is_written_once('request_no', 'opened_by', 'suspended_at', 'lifted_with', 'lifted_at');

grant select, insert on callback_follow_ups, callback_purposes, callback_consequences, callback_scripts, callback_questions, callbacks,
  callback_numbers, callback_hands, callback_attempts, callback_results, permission_changes, permission_suspensions to southbound_app;
grant update (valid_to) on callback_follow_ups, callback_purposes, callback_consequences, callback_scripts to southbound_app;
grant update (state, rounds, outcome, given_up, revision, ended_at, ended_by) on callbacks to southbound_app;
grant update (last_no) on callback_numbers to southbound_app;
grant update (approved_by, approved_for, approved_at) on permission_changes to southbound_app;
grant update (lifted_with, lifted_at) on permission_suspensions to southbound_app;
grant usage on all sequences in schema public to southbound_app;
