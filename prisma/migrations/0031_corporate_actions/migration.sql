-- Corporate actions (A4 §22-24, §29-32): events with every version of their notices, who holds, what was forwarded, elected, filed with the
-- clearing house, and what came of it in money and shares. References only: who a holder is stands in the register of clients.

create table served_event_kinds (
  kind       text not null,
  is_served  boolean not null,
  name_zh    text not null,
  name_en    text not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (kind, valid_from),
  check (valid_from < valid_to),
  exclude using gist (kind with =, daterange(valid_from, valid_to) with &&)
);
comment on table served_event_kinds is 'Kinds of corporate actions and whether they are served, by date (A4 §29).';

-- ------------------------------------------------------------------------------------------------------------- events

create table corporate_actions (
  event_id       bigint generated always as identity primary key,
  channel        channel_code not null,
  event_no       text not null check (length(event_no) between 1 and 16),
  kind           text not null,
  code           text not null,
  is_served      boolean not null,
  is_elective    boolean not null,
  version        integer not null default 1 check (version > 0),
  state          text not null default 'announced'
    check (state in ('announced', 'collecting', 'closing', 'closed', 'ended', 'cancelled')),
  terms          jsonb not null,
  record_on      date,
  relevant_on    date not null,
  pay_on         date,
  opens_at       timestamptz(3),
  client_cut_at  timestamptz(3),
  broker_cut_at  timestamptz(3),
  clearing_cut_at timestamptz(3),
  hkscc_cut_at   timestamptz(3),
  calendar_version text not null,
  holders_version integer not null default 0,
  revision       integer not null default 1 check (revision > 0),
  workflow_id    text not null unique,
  announced_at   timestamptz not null default business_now(),
  closed_at      timestamptz,
  entitled_on    date,
  paid_on        date,
  ended_at       timestamptz,
  unique (channel, event_no),
  constraint cuts_are_whole check (num_nulls(opens_at, client_cut_at, broker_cut_at, clearing_cut_at, hkscc_cut_at) in (0, 5)),
  constraint cuts_in_their_order check (client_cut_at < broker_cut_at and broker_cut_at < clearing_cut_at and clearing_cut_at < hkscc_cut_at),
  constraint elections_have_cuts check (not is_elective or broker_cut_at is not null),
  constraint elections_are_served check (is_served or not is_elective),
  constraint ended_when_over check ((ended_at is null) = (state not in ('ended', 'cancelled')))
);
comment on table corporate_actions is 'One event of a security, as the newest version of its notice has it.';
comment on column corporate_actions.relevant_on is 'Day whose settled holding says who can elect; that of the record date, or a mainland trading day before it.';
comment on column corporate_actions.client_cut_at is 'Until then, excluded, holders elect by themselves; until broker_cut_at the house takes elections by telephone.';
comment on column corporate_actions.holders_version is 'Version for which the holders were determined last; 0: not yet.';
comment on column corporate_actions.entitled_on is 'Settlement day whose books the entitlements were computed from.';
create index corporate_actions_open on corporate_actions (channel, code) where ended_at is null;
create index corporate_actions_by_cut on corporate_actions (broker_cut_at, event_id) where broker_cut_at is not null;

create table corporate_action_versions (
  event_id          bigint not null references corporate_actions,
  version           integer not null check (version > 0),
  change            text not null check (change in ('ADD', 'UPD', 'DEL')),
  channel           channel_code not null,
  business_date     date not null,
  file_id           bigint not null references files,
  row_nos           bigint[] not null check (cardinality(row_nos) > 0),
  terms             jsonb not null,
  differences       jsonb not null default '[]',
  touches_elections boolean not null,
  contradiction     text,
  is_taken          boolean not null default true,
  recorded_at       timestamptz not null default business_now(),
  primary key (event_id, version),
  unique (event_id, file_id)
);
comment on table corporate_action_versions is 'Every version of an event as its notice told it, with what differs from the one before; never changed.';
comment on column corporate_action_versions.differences is '[{"term": "price", "before": "5.60", "after": "5.85"}]';
comment on column corporate_action_versions.contradiction is 'Why the notice does not fit what is known of the event; people are asked.';
comment on column corporate_action_versions.is_taken is 'False: kept and not in force, e.g. the cancellation of an event whose money has been paid.';

create table corporate_action_options (
  event_id     bigint not null references corporate_actions,
  ballot       text not null default '',
  option       text not null,
  place        integer not null check (place > 0),
  name_zh      text not null,
  name_en      text not null,
  filed_as     text check (filed_as in ('H62', 'H63', 'H64', 'H65', 'H66')),
  is_default   boolean not null,
  from_version integer not null,
  gone_version integer,
  primary key (event_id, ballot, option)
);
comment on column corporate_action_options.ballot is 'Number of the resolution that is voted on; empty where an event has one choice.';
comment on column corporate_action_options.filed_as is 'Business of the filing with the clearing house; null: nothing is filed for it.';

create table corporate_action_steps (
  step_id  bigint generated always as identity primary key,
  event_id bigint not null references corporate_actions,
  act      text not null,
  step_key text not null,
  detail   jsonb not null default '{}',
  by       text not null,
  role     text,
  at       timestamptz not null default business_now(),
  unique (event_id, step_key)
);
comment on table corporate_action_steps is 'Timeline of an event; a step with the same key is written once.';

-- Until a change is approved, only a new version of the notice moves the broker's deadline.
create table election_cut_changes (
  change_id     bigint generated always as identity primary key,
  event_id      bigint not null references corporate_actions,
  version       integer not null,
  broker_before timestamptz(3) not null,
  broker_after  timestamptz(3) not null,
  client_after  timestamptz(3) not null,
  reason        text not null check (length(reason) between 5 and 500),
  request_key   text not null unique,
  asked_by      text not null,
  asked_for     text,
  asked_at      timestamptz not null default business_now(),
  state         text not null default 'asked' check (state in ('asked', 'approved', 'refused', 'recalled', 'lapsed')),
  decided_by    text,
  decided_for   text,
  decided_at    timestamptz,
  constraint cut_moves check (broker_before <> broker_after),
  constraint decided_when_it_is check ((state = 'asked') = (decided_at is null)),
  constraint cut_maker_never_decides check (decided_by is null or state = 'recalled' or decided_by <> asked_by)
);
create unique index one_cut_change_asked on election_cut_changes (event_id) where state = 'asked';
create trigger cut_maker_is_no_checker after insert or update on election_cut_changes for each row
  when (new.state <> 'recalled') execute function maker_is_no_checker('asked_by asked_for', 'decided_by decided_for');
create trigger cut_change_is_written_once before update on election_cut_changes for each row
  execute function is_written_once('event_id', 'version', 'broker_before', 'broker_after', 'client_after', 'reason', 'asked_by', 'asked_for', 'asked_at',
    'decided_by', 'decided_at');

create function broker_cut_moves_by_approval() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.version <> old.version
     or exists (select from election_cut_changes c
                 where c.event_id = new.event_id and c.state = 'approved' and c.version = new.version
                   and c.broker_after = new.broker_cut_at and c.client_after = new.client_cut_at) then
    return new;
  end if;
  raise exception 'the deadline of event % moves with an approval or a new version only', new.event_no
    using errcode = 'check_violation', constraint = tg_name;
end $$;
create trigger broker_cut_moves_by_approval before update on corporate_actions for each row
  when ((old.client_cut_at, old.broker_cut_at) is distinct from (new.client_cut_at, new.broker_cut_at))
  execute function broker_cut_moves_by_approval();

-- ------------------------------------------------------------------------------------------------ holders and elections

create table corporate_action_holders (
  event_id           bigint not null references corporate_actions,
  securities_account text not null,
  fund_account       text not null,
  side               side_of_business not null,
  branch             text not null,
  settled            bigint not null check (settled >= 0),
  unsettled_sales    bigint not null check (unsettled_sales >= 0),
  in_transit         bigint not null check (in_transit >= 0),
  electable          bigint not null check (electable >= 0),
  elected            bigint not null default 0 check (elected >= 0),
  excess             bigint not null default 0 check (excess >= 0),
  answered_at        timestamptz(3),
  waived_at          timestamptz(3),
  reopened_version   integer,
  unreachable_since  timestamptz,
  unreachable_by     text,
  primary key (event_id, securities_account),
  constraint never_more_than_can_be_elected check (elected <= electable + excess),
  constraint transit_is_not_electable check (electable <= settled)
) with (fillfactor = 80);
comment on table corporate_action_holders is 'Who held on the relevant day, and how much can be elected: settled, less what is sold and not settled yet.';
comment on column corporate_action_holders.in_transit is 'Bought and not settled on the relevant day: not electable.';
comment on column corporate_action_holders.elected is 'Largest sum elected on one ballot: of an event with one choice the sum over its options.';
comment on column corporate_action_holders.excess is 'Elected when more was electable than is now; withdrawn step by step, never elected anew.';
comment on column corporate_action_holders.reopened_version is 'Version that touched what had been elected: the holder was told and may choose again.';
create index corporate_action_holders_of_client on corporate_action_holders (fund_account, event_id);
create index corporate_action_holders_silent on corporate_action_holders (event_id, securities_account) where answered_at is null and electable > 0;

create table elections (
  event_id           bigint not null,
  securities_account text not null,
  ballot             text not null default '',
  option             text not null,
  quantity           bigint not null check (quantity > 0),
  version_shown      integer not null,
  elected_by         text not null check (elected_by in ('holder', 'telephone', 'default')),
  at                 timestamptz(3) not null,
  cut_at             timestamptz(3) not null,
  primary key (event_id, securities_account, ballot, option),
  foreign key (event_id, securities_account) references corporate_action_holders,
  constraint nothing_elected_after_the_cut check (elected_by = 'default' or at < cut_at)
) with (fillfactor = 80);
comment on table elections is 'What stands elected: shares by holder, ballot and option.';
comment on column elections.cut_at is 'Deadline that held when it was elected, excluded.';

create table election_steps (
  step_id            bigint generated always as identity primary key,
  event_id           bigint not null,
  securities_account text not null,
  act                text not null check (act in ('elect', 'withdraw', 'default', 'lapse', 'waive')),
  ballot             text not null default '',
  option             text,
  quantity_before    bigint not null check (quantity_before >= 0),
  quantity_after     bigint not null check (quantity_after >= 0),
  version_shown      integer not null,
  elected_by         text not null check (elected_by in ('holder', 'telephone', 'default', 'house')),
  by                 text not null,
  recording          text,
  act_key            text not null unique,
  at                 timestamptz(3) not null,
  cut_at             timestamptz(3) not null,
  kept               jsonb,
  constraint no_step_after_the_cut check (elected_by in ('default', 'house') or at < cut_at),
  constraint telephoned_with_its_recording check ((elected_by = 'telephone') = (recording is not null))
);
comment on column election_steps.kept is 'What was acknowledged: whoever asks again with the same key gets the same.';
comment on table election_steps is 'Every act on an election in its order, acknowledged to whoever acted; never changed.';
create index election_steps_of_holder on election_steps (event_id, securities_account, step_id);

create table telephone_elections (
  telephone_no       bigint generated always as identity primary key,
  event_id           bigint not null,
  securities_account text not null,
  ballot             text not null default '',
  option             text not null,
  quantity           bigint not null check (quantity >= 0),
  version_shown      integer not null,
  recording          text not null unique check (length(recording) between 3 and 100),
  request_key        text not null unique,
  recorded_by        text not null,
  recorded_at        timestamptz not null default business_now(),
  state              text not null default 'asked' check (state in ('asked', 'approved', 'refused', 'recalled', 'lapsed')),
  decided_by         text,
  decided_for        text,
  decided_at         timestamptz,
  codes              text[] not null default '{}',
  foreign key (event_id, securities_account) references corporate_action_holders,
  constraint telephoned_decided_when_it_is check ((state = 'asked') = (decided_at is null)),
  constraint recorder_never_decides check (decided_by is null or state = 'recalled' or decided_by <> recorded_by)
);
comment on table telephone_elections is 'An election given by telephone, taken by an employee; it counts when a second person has listened to the recording.';
comment on column telephone_elections.codes is 'Why it could not be taken when it was approved.';
create index telephone_elections_open on telephone_elections (event_id) where state = 'asked';
create trigger recorder_is_no_checker after insert or update on telephone_elections for each row
  when (new.state <> 'recalled') execute function maker_is_no_checker('recorded_by', 'decided_by decided_for');
create trigger telephone_election_is_written_once before update on telephone_elections for each row
  execute function is_written_once('event_id', 'securities_account', 'ballot', 'option', 'quantity', 'version_shown', 'recording', 'recorded_by',
    'recorded_at', 'decided_by', 'decided_at');

-- --------------------------------------------------------------------------------------------------------- submission

create sequence election_filing_nos maxvalue 9999999 cycle;
create table election_filings (
  filing_no          text primary key check (filing_no ~ '^F\d{12,15}$'),
  filing_seq         bigint generated always as identity,
  event_id           bigint not null,
  securities_account text not null,
  ballot             text not null default '',
  option             text not null,
  act_key            text not null,
  business           text not null check (business in ('H62', 'H63', 'H64', 'H65', 'H66')),
  quantity           bigint not null,
  votes              jsonb,
  state              text not null default 'waiting'
    check (state in ('waiting', 'sent', 'confirmed', 'success', 'partly', 'failed', 'refused', 'cancelled')),
  acceptance_no      text,
  result_code        text,
  confirmed          bigint,
  tries              integer not null default 0,
  retry_at           timestamptz,
  filed_at           timestamptz not null default business_now(),
  answered_at        timestamptz,
  result_on          date,
  counter_told       boolean not null default false,
  unique (act_key, ballot, option),
  foreign key (event_id, securities_account) references corporate_action_holders,
  constraint votes_have_their_quantities check ((business = 'H62') = (votes is not null)),
  constraint differences_are_not_zero check (business = 'H62' or quantity <> 0),
  constraint answered_with_a_number check (state not in ('confirmed', 'success', 'partly', 'cancelled') or answered_at is not null)
) with (fillfactor = 80);
comment on table election_filings is
  'What is filed for an election: a difference, negative where it withdraws; of votes all three quantities, which replace those filed before.';
comment on column election_filings.state is 'Of the facts 3.6: 0 waiting, 1 sent, 2 confirmed, 3 success, 4 failed, 6 cancelled; refused at the door.';
comment on column election_filings.retry_at is 'Real time before which a clearing house that gave no answer is not asked again.';
create index election_filings_to_send on election_filings (filing_seq) where state in ('waiting', 'sent');
create index election_filings_of_holder on election_filings (event_id, securities_account, filing_seq);
create index election_filings_to_tell on election_filings (filing_seq) where not counter_told;
alter sequence election_filing_nos owned by election_filings.filing_no;

create table corporate_action_breaks (
  break_id    bigint generated always as identity primary key,
  event_id    bigint not null references corporate_actions,
  kind        text not null
    check (kind in ('tally', 'filing', 'result', 'entitlement', 'contradiction')),
  break_key   text not null,
  facts       jsonb not null,
  found_at    timestamptz not null default business_now(),
  cleared_at  timestamptz,
  cleared_by  text,
  reason      text,
  unique (event_id, kind, break_key),
  check ((cleared_at is null) = (cleared_by is null))
);
comment on table corporate_action_breaks is
  'What does not agree: held, submitted and acknowledged (tally, filing), result, computed and credited, notices among themselves.';

-- ------------------------------------------------------------------------------------------- what came of it in the books

create table corporate_action_entitlements (
  event_id           bigint not null references corporate_actions,
  securities_account text not null,
  side               side_of_business not null,
  record_quantity    bigint not null check (record_quantity >= 0),
  amount_e8          bigint,
  currency           text check (currency in ('HKD', 'USD', 'GBP', 'CNY')),
  gross_cents        bigint check (gross_cents >= 0),
  expected_fen       bigint,
  credited_fen       bigint,
  out_code           text,
  out_shares         bigint,
  in_code            text,
  in_shares          bigint,
  credited_out       bigint,
  credited_in        bigint,
  fraction           text,
  sellable_from      date,
  sell_only          boolean not null default false,
  state              text not null default 'computed' check (state in ('computed', 'agreed', 'differs')),
  credited_on        date,
  primary key (event_id, securities_account)
);
comment on table corporate_action_entitlements is
  'Computed by ourselves from the holding at the record date and the terms, beside what the clearing house credited.';
comment on column corporate_action_entitlements.amount_e8 is 'Amount per share used for this holder, in the currency: after tax for natural persons, before it for others.';

grant select on all tables in schema public to southbound_app;
grant insert on served_event_kinds, corporate_actions, corporate_action_versions, corporate_action_options, corporate_action_steps,
  election_cut_changes, corporate_action_holders, elections, election_steps, telephone_elections, election_filings, corporate_action_breaks,
  corporate_action_entitlements to southbound_app;
grant update (valid_to) on served_event_kinds to southbound_app;
grant update on corporate_actions, corporate_action_holders, elections, corporate_action_entitlements to southbound_app;
grant delete on elections to southbound_app;
grant update (gone_version) on corporate_action_options to southbound_app;
grant update (state, decided_by, decided_for, decided_at) on election_cut_changes to southbound_app;
grant update (state, decided_by, decided_for, decided_at, codes) on telephone_elections to southbound_app;
grant update (state, acceptance_no, result_code, confirmed, tries, retry_at, answered_at, result_on, counter_told) on election_filings to southbound_app;
grant update (facts, cleared_at, cleared_by, reason) on corporate_action_breaks to southbound_app;
grant usage on all sequences in schema public to southbound_app;
