-- Permissions to trade (A2 §7-12): what kinds there are, as dated rows; who asked for one, step by step; what was heard, answered and
-- signed; who has one and at which commission. What a client was found to have stands in a table of its own (eligibility_findings).

create table test_questions (
  bank         text not null,
  version      text not null,
  question_no  integer not null check (question_no > 0),
  question_zh  text not null,
  question_en  text not null,
  options_zh   text[] not null check (cardinality(options_zh) = 4),
  options_en   text[] not null check (cardinality(options_en) = 4),
  right_option text not null check (right_option in ('A', 'B', 'C', 'D')),
  valid_from   date not null,
  valid_to     date,
  source       text not null,
  primary key (bank, version, question_no),
  check (valid_from < valid_to),
  exclude using gist (bank with =, question_no with =, daterange(valid_from, valid_to) with &&)
);
comment on table test_questions is 'Banks of the knowledge test. The rows of a version begin and end together.';
create table agreement_texts (
  agreement   text not null,
  version     text not null,
  title_zh    text not null,
  title_en    text not null,
  text_zh     text not null,
  text_en     text not null,
  sha256      text not null check (sha256 = encode(sha256(convert_to(text_zh || e'\n' || text_en, 'UTF8')), 'hex')),
  valid_from  date not null,
  valid_to    date,
  written_by  text not null,
  approved_by text,
  approved_on date,
  source      text not null,
  primary key (agreement, version),
  check (valid_from < valid_to),
  check ((approved_by is null) = (approved_on is null)),
  constraint writer_never_approves check (approved_by <> written_by),
  exclude using gist (agreement with =, daterange(valid_from, valid_to) with &&) where (approved_on is not null)
);
comment on table agreement_texts is 'Texts of agreements by version, with the digest of what is shown. Before compliance has approved it a text is not used.';
create trigger writer_is_no_approver after insert or update on agreement_texts for each row
  execute function maker_is_no_checker('written_by', 'approved_by');
create trigger agreement_text_is_written_once before update on agreement_texts for each row
  execute function is_written_once('agreement', 'version', 'text_zh', 'text_en', 'sha256', 'written_by', 'approved_by', 'approved_on');

create table permission_types (
  permission            text not null check (permission ~ '^[A-Z][A-Z0-9_]*$'),
  name_zh               text not null,
  name_en               text not null,
  channels              text[] not null,
  request_days          integer not null check (request_days > 0),
  code_valid_minutes    integer not null check (code_valid_minutes > 0),
  code_wrong_codes      integer not null check (code_wrong_codes > 0),
  code_lock_minutes     integer not null check (code_lock_minutes > 0),
  recording             text not null,
  recording_seconds     integer not null check (recording_seconds > 0),
  test_bank             text not null,
  test_bank_minimum     integer not null,
  test_questions        integer not null check (test_questions > 0),
  test_pause_minutes    integer not null check (test_pause_minutes >= 0),
  test_attempts_per_day integer not null check (test_attempts_per_day > 0),
  agreements            text[] not null check (cardinality(agreements) > 0),
  documents             text[] not null,
  counter_permissions   text[] not null check (cardinality(counter_permissions) > 0),
  commission_of         text not null,
  callback_days         integer not null check (callback_days > 0),
  valid_from            date not null,
  valid_to              date,
  source                text not null,
  primary key (permission, valid_from),
  check (test_bank_minimum >= test_questions),
  check (valid_from < valid_to),
  exclude using gist (permission with =, daterange(valid_from, valid_to) with &&)
);
comment on table permission_types is 'Kinds of permission: everything in which one differs from another. A request keeps to the row in force when it was made.';
comment on column permission_types.documents is 'Kinds of document that the file of the client must hold before the process ends.';
comment on column permission_types.commission_of is 'Line of the CRM whose net rate at the opening becomes the default commission.';

create table client_logins (
  person     text primary key references people,
  client_no  text not null references registered_clients,
  granted_at timestamptz not null default business_now()
);
comment on table client_logins is 'Which client a login with the role client acts for; a login acts for one client and no other.';

create table permission_requests (
  request_no   text primary key check (request_no ~ '^P\d{8}-\d{6}$'),
  client_no    text not null references registered_clients,
  permission   text not null,
  terms_from   date not null,
  kind         text not null check (kind in ('opening', 'institution opening', 'closing', 'suspension', 'lifting')),
  state        text not null check (state in ('under way', 'opening', 'filing', 'done', 'withdrawn', 'lapsed', 'refused')),
  step         text not null,
  step_since   timestamptz not null,
  revision     integer not null default 1 check (revision > 0),
  workflow_id  text not null unique,
  requested_at timestamptz not null,
  lapses_at    timestamptz not null,
  ended_at     timestamptz,
  cause        text,
  foreign key (permission, terms_from) references permission_types,
  check ((ended_at is null) = (state in ('under way', 'opening', 'filing')))
);
comment on column permission_requests.revision is 'Counted with every change of state or step: the process is told, and reads what is newer than it knows.';
create unique index one_open_request on permission_requests (client_no, permission, kind) where state in ('under way', 'opening');
create index permission_requests_of_client on permission_requests (client_no, request_no);
create index permission_requests_where on permission_requests (permission, state, step, step_since);
create trigger permission_request_is_written_once before update on permission_requests for each row
  execute function is_written_once('request_no', 'client_no', 'permission', 'terms_from', 'kind', 'workflow_id', 'ended_at');
create table permission_request_numbers (
  business_date date primary key,
  last_no       integer not null
);
comment on table permission_request_numbers is 'The last number given on a day; whoever takes one waits for the one before, so numbers have no holes.';

create table permission_steps (
  step_id    bigint generated always as identity primary key,
  request_no text not null references permission_requests,
  step       text not null,
  act        text not null,
  outcome    text not null check (outcome in ('done', 'failed')),
  codes      text[] not null default '{}',
  detail     jsonb not null default '{}',
  by         text not null,
  role       text,
  channel    text,
  at         timestamptz not null default business_now()
);
create index permission_steps_of_request on permission_steps (request_no, step_id);
comment on table permission_steps is 'The timeline of a request: what was done, by whom, through which channel, with what result and why. No personal data.';

create table permission_acts (
  act_key text primary key,
  step_id bigint not null unique references permission_steps,
  kept    jsonb not null
);
comment on table permission_acts is 'Personal: what was answered to an act under its key, so that the same act is answered the same again.';

create table eligibility_findings (
  step_id   bigint primary key references permission_steps,
  moment    text not null check (moment in ('application', 'opening')),
  judged_on date not null,
  failures  jsonb not null,
  warnings  text[] not null
);
comment on table eligibility_findings is 'Personal: what was found of a client when the conditions were judged, and what is required.';

create table one_time_codes (
  code_id    bigint generated always as identity primary key,
  request_no text not null references permission_requests,
  code_hash  text not null check (code_hash ~ '^[0-9a-f]{64}$'),
  sent_at    timestamptz not null default business_now(),
  valid_until timestamptz not null
);
create index one_time_codes_of_request on one_time_codes (request_no, code_id desc);
comment on column one_time_codes.code_hash is 'Keyed by a secret that is not in the database; the code itself is nowhere.';
create table one_time_code_entries (
  entry_id   bigint generated always as identity primary key,
  request_no text not null references permission_requests,
  is_right   boolean not null,
  at         timestamptz not null default business_now()
);
create index one_time_code_entries_of_request on one_time_code_entries (request_no, entry_id);

create table listened_stretches (
  stretch_id  bigint generated always as identity primary key,
  request_no  text not null references permission_requests,
  recording   text not null,
  from_second integer not null check (from_second >= 0),
  to_second   integer not null,
  started_at  timestamptz not null,
  ended_at    timestamptz not null,
  reported_at timestamptz not null default business_now(),
  check (from_second < to_second),
  check (started_at <= ended_at)
);
create index listened_stretches_of_request on listened_stretches (request_no, stretch_id);

create table test_attempts (
  attempt_id  bigint generated always as identity primary key,
  request_no  text not null references permission_requests,
  nth         integer not null check (nth > 0),
  bank        text not null,
  version     text not null,
  seed        bigint not null,
  drawn       jsonb not null,
  begun_at    timestamptz not null default business_now(),
  unique (request_no, nth)
);
create table test_results (
  attempt_id  bigint primary key references test_attempts,
  answers     jsonb not null,
  right_count integer not null,
  is_passed   boolean not null,
  answered_at timestamptz not null default business_now()
);

create table agreement_showings (
  showing_id bigint generated always as identity primary key,
  request_no text not null references permission_requests,
  agreement  text not null,
  version    text not null,
  at         timestamptz not null default business_now(),
  foreign key (agreement, version) references agreement_texts
);
create index agreement_showings_of_request on agreement_showings (request_no, agreement, version);
create table agreement_signatures (
  signature_id bigint generated always as identity primary key,
  request_no   text not null references permission_requests,
  agreement    text not null,
  version      text not null,
  sha256       text not null,
  by           text not null,
  channel      text not null,
  at           timestamptz not null default business_now(),
  unique (request_no, agreement, version),
  foreign key (agreement, version) references agreement_texts
);

create table permissions (
  request_no text primary key references permission_requests,
  client_no  text not null references registered_clients,
  permission text not null,
  opened_at  timestamptz not null default business_now(),
  closed_at  timestamptz,
  check (opened_at <= closed_at)
);
comment on table permissions is 'Who may trade what, since when and until when.';
create unique index one_open_permission on permissions (client_no, permission) where closed_at is null;
create trigger permission_is_written_once before update on permissions for each row
  execute function is_written_once('request_no', 'client_no', 'permission', 'opened_at', 'closed_at');
create table permission_commissions (
  commission_id bigint generated always as identity primary key,
  client_no     text not null references registered_clients,
  permission    text not null,
  rate          numeric(12, 8) not null check (rate >= 0 and rate < 1),
  valid_from    timestamptz not null default business_now(),
  valid_to      timestamptz,
  request_no    text not null references permission_requests,
  source        text not null,
  check (valid_from < valid_to),
  exclude using gist (client_no with =, permission with =, tstzrange(valid_from, valid_to) with &&)
);
comment on column permission_commissions.rate is 'Net rate as a fraction: fees collected for others are never part of it.';
comment on column permission_commissions.source is 'Line of the CRM or request that it comes from.';

-- A code is known to nobody but its telephone: what was sent leaves no trace of it.
create function code_is_forgotten() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.text_zh := replace(new.text_zh, new.facts ->> 'code', '******');
  new.text_en := replace(new.text_en, new.facts ->> 'code', '******');
  new.facts := new.facts || '{"code": "******"}';
  return new;
end $$;
create trigger code_is_forgotten before update on outbox for each row
  when (new.template = 'ONE_TIME_CODE' and new.sent_at is not null and new.facts ? 'code')
  execute function code_is_forgotten();

grant select, insert on test_questions, permission_types, client_logins, permission_steps, permission_acts, eligibility_findings, one_time_codes,
  one_time_code_entries, listened_stretches, test_attempts, test_results, agreement_showings, agreement_signatures, permissions,
  permission_commissions, permission_requests, agreement_texts, permission_request_numbers to southbound_app;
grant update (valid_to) on test_questions, permission_types, permission_commissions to southbound_app;
grant update (valid_from, valid_to, approved_by, approved_on) on agreement_texts to southbound_app;
grant update (state, step, step_since, revision, ended_at, cause) on permission_requests to southbound_app;
grant update (last_no) on permission_request_numbers to southbound_app;
grant update (closed_at) on permissions to southbound_app;
grant usage on all sequences in schema public to southbound_app;
