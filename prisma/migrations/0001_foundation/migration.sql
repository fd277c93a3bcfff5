-- Foundation of a book: clock, dated terms, masters, files, ledger, the settlement day, people and promises.
-- Amounts: *_fen = CNY x 100, *_cents = foreign currency x 100, price_e4 = HKD x 10,000, ratio_e5 = CNY per HKD x 100,000.
-- The application's role has no UPDATE or DELETE on files, ledger and audit (see the grants at the end).

create extension if not exists btree_gist;

create domain side_of_business as text check (value in ('client', 'proprietary'));
create domain channel_code as text check (value ~ '^[A-Z]{2}$');

-- ------------------------------------------------------------------------------------------------- book and clock

create table business_clock (
  one        boolean primary key default true check (one),
  book_name  text not null,
  book_kind  text not null check (book_kind in ('production', 'rehearsal', 'drill', 'test')),
  mode       text not null check (mode in ('real', 'manual')),
  now        timestamptz,
  moves      bigint not null default 0,
  constraint production_runs_on_real_time check (book_kind <> 'production' or mode = 'real'),
  constraint manual_clock_stands_somewhere check ((mode = 'manual') = (now is not null))
);
comment on table business_clock is 'The one clock of the book. Kind and mode are written once, when the book is made.';

create function clock_kind_is_final() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then raise exception 'the business clock of a book is never removed'; end if;
  if (new.book_name, new.book_kind, new.mode) is distinct from (old.book_name, old.book_kind, old.mode) then
    raise exception 'name, kind and clock mode of a book are written once';
  end if;
  return new;
end $$;
create trigger clock_kind_is_final before update or delete on business_clock for each row execute function clock_kind_is_final();

create function business_now() returns timestamptz language sql stable as
$$ select case mode when 'real' then clock_timestamp() else now end from business_clock $$;
comment on function business_now() is 'Now, as activities and intake see it.';

create table processes (
  workflow_id  text primary key,
  type         text not null,
  business_key text not null,
  closed       boolean not null default false,
  registered_at timestamptz not null default clock_timestamp()
);
comment on table processes is 'Which processes belong to this book. Whoever starts a process registers it first.';
create index processes_open on processes (workflow_id) where not closed;

create table clock_waits (
  workflow_id text not null,
  wait        integer not null,
  at          timestamptz not null,
  summary     text not null,
  primary key (workflow_id, wait)
);
create index clock_waits_at on clock_waits (at);
comment on table clock_waits is 'Awaited instants of a manual book: who waits for what.';

-- ------------------------------------------------------------------------------------------- calendars, dated terms

create table calendar_versions (
  calendar   text not null,
  version    integer not null,
  known_from date not null,
  known_to   date not null,
  source     text not null,
  loaded_at  timestamptz not null default clock_timestamp(),
  primary key (calendar, version),
  check (known_from <= known_to)
);
create table calendar_days (
  calendar text not null,
  version  integer not null,
  day      date not null,
  kind     text not null check (kind in ('OPEN', 'HALF', 'CLOSED')),
  reason   text not null,
  source   text not null,
  primary key (calendar, version, day),
  foreign key (calendar, version) references calendar_versions
);
comment on table calendar_days is 'Days that differ from Monday to Friday open, inside the known range of their version.';

create table fee_rates (
  code        text not null,
  rate        numeric(14, 10) not null,
  flat_hkd    numeric(12, 2) not null,
  minimum_hkd numeric(12, 2),
  maximum_hkd numeric(12, 2),
  rounding    text not null check (rounding in ('UP_WHOLE_HKD', 'HALF_AWAY_CENT')),
  valid_from  date not null,
  valid_to    date,
  source      text not null,
  primary key (code, valid_from),
  check (valid_from < valid_to),
  exclude using gist (code with =, daterange(valid_from, valid_to) with &&)
);
create table portfolio_fee_tiers (
  above_hkd     numeric(20, 2) not null,
  up_to_hkd     numeric(20, 2),
  rate_per_year numeric(14, 10) not null,
  valid_from    date not null,
  valid_to      date,
  source        text not null,
  primary key (above_hkd, valid_from),
  check (valid_from < valid_to),
  exclude using gist (above_hkd with =, daterange(valid_from, valid_to) with &&)
);
create table margin_models (
  model      text not null check (model in ('flat22', 'rpf')),
  rate       numeric(12, 8),
  multiplier numeric(12, 8),
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (valid_from),
  check (valid_from < valid_to),
  constraint margin_models_do_not_overlap exclude using gist (daterange(valid_from, valid_to) with &&)
);
create table risk_rates (
  channel    channel_code not null,
  code       text not null,
  tier       text not null,
  rate       numeric(12, 8) not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (channel, code, valid_from),
  check (valid_from < valid_to),
  exclude using gist (channel with =, code with =, daterange(valid_from, valid_to) with &&)
);
create table parameters (
  code       text not null,
  channel    text not null,
  value      text not null,
  unit       text not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (code, channel, valid_from),
  check (valid_from < valid_to),
  exclude using gist (code with =, channel with =, daterange(valid_from, valid_to) with &&)
);
create table ladder_terms (
  ladder     text not null,
  rung       integer not null,
  at_time    text not null check (at_time ~ '^\d{2}:\d{2}(:\d{2})?$' or at_time ~ '^[A-Z_]+$'),
  audience   text not null,
  severity   text not null check (severity in ('info', 'warning', 'critical')),
  condition  text not null,
  action_zh  text not null,
  action_en  text not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (ladder, rung, valid_from),
  check (valid_from < valid_to),
  exclude using gist (ladder with =, rung with =, daterange(valid_from, valid_to) with &&)
);
comment on column ladder_terms.at_time is 'Clock time, or the code of the parameter that holds it.';

-- --------------------------------------------------------------------------------------------------------- masters

create table broker_accounts (
  account text primary key,
  channel channel_code not null,
  kind    text not null check (kind in ('reserve', 'risk_fund', 'bank', 'cushion')),
  side    side_of_business not null,
  unique (channel, kind, side)
);
create table clients (
  fund_account           text primary key,
  securities_account     text not null unique,
  branch                 text not null,
  seat                   text not null,
  side                   side_of_business not null,
  kind                   text not null check (kind in ('natural', 'institution')),
  commission_rate        numeric(12, 8) not null check (commission_rate >= 0),
  commission_minimum_fen bigint not null check (commission_minimum_fen >= 0)
);
create table client_names (
  fund_account text primary key references clients,
  name         text not null
);
comment on table client_names is 'Personal: the only column of the settlement tables that names a person.';
create table securities (
  channel  channel_code not null,
  code     text not null,
  name     text not null,
  lot      integer not null check (lot > 0),
  currency text not null,
  primary key (channel, code)
);

-- ----------------------------------------------------------------------------------------------- files and findings

create table files (
  file_id       bigint generated always as identity primary key,
  channel       channel_code not null,
  business_date date not null,
  kind          text not null,
  part          integer,
  version       integer not null,
  name          text not null,
  path          text not null,
  sha256        text not null,
  byte_count    bigint not null,
  arrived_at    timestamptz not null,
  unique (channel, business_date, name, sha256)
);
comment on table files is 'Every file that arrived, once for each content.';
create table file_states (
  file_id  bigint not null references files,
  state_no integer not null,
  state    text not null check (state in ('accepted', 'refused', 'superseded')),
  cause    text not null,
  record_count bigint,
  at       timestamptz not null default business_now(),
  primary key (file_id, state_no)
);
create view file_verdicts as
  select f.*, coalesce(s.state, 'arrived') as state, s.cause, s.record_count, s.at as decided_at
  from files f
  left join lateral (select * from file_states s where s.file_id = f.file_id order by state_no desc limit 1) s on true;
-- Said without file_verdicts: its look at one file after the other would be repeated for every line of the file.
create view files_in_force as
  select f.*, s.state, s.cause, s.record_count, s.at as decided_at
  from files f join file_states s on s.file_id = f.file_id
  where s.state = 'accepted' and not exists (select 1 from file_states l where l.file_id = s.file_id and l.state_no > s.state_no);

create table findings (
  finding_id    bigint generated always as identity primary key,
  channel       channel_code not null,
  business_date date not null,
  file_id       bigint references files,
  file_name     text not null,
  class         text not null,
  outcome       text not null check (outcome in ('refused', 'break', 'info', 'alarm')),
  row_no        bigint,
  field         text,
  value         text,
  file_value    text,
  computed      text,
  attributes    jsonb not null default '{}',
  reason_zh     text not null,
  reason_en     text not null,
  amount_fen    bigint,
  owner         text,
  finding_key   text not null,
  found_at      timestamptz not null default business_now(),
  unique (channel, business_date, finding_key)
);
create index findings_of_file on findings (file_id);
create index findings_by_place on findings (channel, business_date, (regexp_replace(finding_key, '#\d+$', '')));
comment on index findings_by_place is 'Of a finding that is listed anew the key ends with #2, #3 ...: all of them stand under one place.';
comment on column findings.finding_key is 'File, class, row and field (or the compared key): the same finding is listed once.';
create table finding_withdrawals (
  finding_id bigint primary key references findings,
  cause      text not null,
  at         timestamptz not null default business_now()
);
comment on table finding_withdrawals is 'A finding that no longer stands, e.g. because its file was superseded.';
create view findings_in_force as
  select f.* from findings f
  where not exists (select 1 from finding_withdrawals w where w.finding_id = f.finding_id);
create table break_decisions (
  finding_id bigint primary key references findings,
  decision   text not null check (decision in ('exception')),
  reason     text not null check (length(reason) >= 5),
  expires_on date not null,
  signed_by  text not null,
  at         timestamptz not null default business_now()
);

-- Lines of files, kept by business date. Row number = physical record in the file, from 1.

create table clearing_lines (
  business_date        date not null,
  file_id              bigint not null,
  row_no               bigint not null,
  channel              channel_code not null,
  business             text not null,
  clearing_mark        text not null,
  reserve_account      text not null,
  trade_date           date not null,
  settle_date          date not null,
  seat                 text not null,
  securities_account   text not null,
  code                 text not null,
  buy_sell             text not null,
  order_no             text not null,
  trade_no             text not null,
  quantity             bigint not null,
  price_e4             bigint not null,
  currency             text not null,
  consideration_cents  bigint not null,
  ratio_e5             bigint not null,
  stamp_duty_cents     bigint not null,
  sfc_levy_cents       bigint not null,
  trading_fee_cents    bigint not null,
  system_fee_cents     bigint not null,
  settlement_fee_cents bigint not null,
  other_cents          bigint not null,
  net_cents            bigint not null,
  net_fen              bigint not null,
  commission_fen       bigint not null
) partition by range (business_date);

create table security_movements (
  business_date      date not null,
  file_id            bigint not null,
  row_no             bigint not null,
  channel            channel_code not null,
  movement           text not null,
  business           text not null,
  securities_account text not null,
  code               text not null,
  security_class     text not null,
  circulation        text not null,
  entitlement_class  text not null,
  trade_date         date not null,
  quantity           bigint not null,
  sellable_from      date not null,
  event_code         text not null
) partition by range (business_date);

create table security_balances (
  business_date      date not null,
  file_id            bigint not null,
  row_no             bigint not null,
  channel            channel_code not null,
  securities_account text not null,
  code               text not null,
  security_class     text not null,
  circulation        text not null,
  entitlement_class  text not null,
  quantity           bigint not null,
  locked             bigint not null
) partition by range (business_date);

create table counter_trades (
  business_date      date not null,
  file_id            bigint not null,
  row_no             bigint not null,
  channel            channel_code not null,
  fund_account       text not null,
  securities_account text not null,
  code               text not null,
  buy_sell           text not null,
  quantity           bigint not null,
  price_e4           bigint not null,
  order_no           text not null,
  trade_no           text not null,
  traded_at          text not null,
  frozen_fen         bigint not null
) partition by range (business_date);

create table counter_cash (
  business_date date not null,
  file_id       bigint not null,
  row_no        bigint not null,
  channel       channel_code not null,
  fund_account  text not null,
  at_time       text not null,
  amount_fen    bigint not null
) partition by range (business_date);

create table bank_lines (
  business_date date not null,
  file_id       bigint not null,
  row_no        bigint not null,
  channel       channel_code not null,
  account       text not null,
  at_time       text not null,
  reference     text not null,
  description   text not null,
  debit_fen     bigint not null,
  credit_fen    bigint not null,
  balance_fen   bigint not null,
  counterparty  text not null
) partition by range (business_date);

create table notices (
  business_date     date not null,
  file_id           bigint not null,
  row_no            bigint not null,
  channel           channel_code not null,
  kind              text not null,
  code              text not null,
  entitlement_class text not null,
  date_1            date,
  date_2            date,
  date_3            date,
  price_1           numeric(20, 8),
  price_2           numeric(20, 8),
  ratio_1           numeric(20, 8),
  ratio_2           numeric(20, 8),
  quantity_1        numeric(20, 8),
  quantity_2        numeric(20, 8),
  mark_1            text not null,
  mark_2            text not null,
  event_code        text not null,
  second_code       text not null,
  reserved          text not null,
  currency          text not null,
  fields            text not null
) partition by range (business_date);

create table reference_rates (
  business_date date not null,
  file_id       bigint not null,
  row_no        bigint not null,
  channel       channel_code not null,
  currency      text not null,
  buy_e5        bigint not null,
  sell_e5       bigint not null
) partition by range (business_date);

create table money_summaries (
  business_date  date not null,
  file_id        bigint not null,
  row_no         bigint not null,
  channel        channel_code not null,
  reserve_account text not null,
  category       text not null,
  business       text not null,
  batch          text not null,
  settle_date    date not null,
  line_count     bigint not null,
  receivable_fen bigint not null,
  payable_fen    bigint not null,
  net_fen        bigint not null
) partition by range (business_date);

create table money_movements (
  business_date date not null,
  file_id       bigint not null,
  row_no        bigint not null,
  channel       channel_code not null,
  account       text not null,
  part          text not null,
  running_no    bigint not null,
  business      text not null,
  amount_fen    bigint not null,
  balance_fen   bigint not null,
  at_time       text not null,
  counter_account text not null
) partition by range (business_date);

create table money_balances (
  business_date  date not null,
  file_id        bigint not null,
  row_no         bigint not null,
  channel        channel_code not null,
  account        text not null,
  account_kind   text not null,
  opening_fen    bigint not null,
  received_fen   bigint not null,
  paid_fen       bigint not null,
  balance_fen    bigint not null,
  short_1030_fen bigint not null,
  short_1800_fen bigint not null
) partition by range (business_date);

create table filing_replies (
  business_date      date not null,
  file_id            bigint not null,
  row_no             bigint not null,
  channel            channel_code not null,
  filing_no          text not null,
  business           text not null,
  filing_kind        text not null,
  securities_account text not null,
  code               text not null,
  event_code         text not null,
  quantity           bigint not null,
  confirmed          bigint not null,
  acceptance_no      text not null,
  status             text not null,
  result_code        text not null
) partition by range (business_date);

create table filed_elections (
  business_date      date not null,
  file_id            bigint not null,
  row_no             bigint not null,
  channel            channel_code not null,
  filing_no          text not null,
  business           text not null,
  securities_account text not null,
  code               text not null,
  event_code         text not null,
  quantity           bigint not null,
  at_time            text not null
) partition by range (business_date);

create table listed_securities (
  business_date  date not null,
  file_id        bigint not null,
  row_no         bigint not null,
  channel        channel_code not null,
  code           text not null,
  name           text not null,
  lot            bigint not null,
  currency       text not null,
  previous_close_e4 bigint not null,
  trading_mark   text not null
) partition by range (business_date);

create table closing_prices (
  business_date date not null,
  file_id       bigint not null,
  row_no        bigint not null,
  channel       channel_code not null,
  code          text not null,
  price_e4      bigint not null
) partition by range (business_date);

create table settlement_ratios (
  channel       channel_code not null,
  business_date date not null,
  buy_e5        bigint not null check (buy_e5 > 0),
  sell_e5       bigint not null check (sell_e5 > 0),
  source        text not null,
  primary key (channel, business_date)
);
comment on table settlement_ratios is 'Opening ratio of the day before the first. Later ones are read from the notices in force (H05).';

-- --------------------------------------------------------------------------------------------------------- ledger

create table ledgers (
  ledger text primary key,
  normal text not null check (normal in ('debit', 'credit')),
  name_zh text not null,
  name_en text not null
);
comment on table ledgers is 'Chart of accounts. An entry is a debit when positive, a credit when negative.';

create table batches (
  batch_id      bigint generated always as identity primary key,
  batch_key     text not null unique,
  channel       channel_code not null,
  business_date date not null,
  kind          text not null,
  content_sha256 text not null,
  reverses      bigint unique references batches,
  rests_on      bigint[] not null default '{}',
  cause         text not null,
  opened_in     xid8 not null default pg_current_xact_id(),
  posted_at     timestamptz not null default business_now()
);
comment on table batches is 'One business key a batch: the same key with other content is refused, with the same content it is done already.';
create index batches_of_day on batches (channel, business_date);
create index batches_rest_on on batches using gin (rests_on);

create table entries (
  business_date date not null,
  batch_id      bigint not null,
  line_no       bigint not null,
  ledger        text not null,
  owner         text not null,
  asset         text not null,
  amount        bigint not null,
  value_date    date not null,
  cause         text not null,
  cause_file_id bigint,
  cause_row_no  bigint
) partition by range (business_date);
comment on column entries.amount is 'Fen for asset CNY, shares for a security code. Debit positive, credit negative.';

-- The batch is stamped with its transaction whatever the writer says, so that entries cannot join it later.
create function stamp_batch() returns trigger language plpgsql as $$
begin
  new.opened_in := pg_current_xact_id();
  return new;
end $$;
create trigger stamp_batch before insert on batches for each row execute function stamp_batch();

-- What these functions read is named by its schema path: a temporary table of the same name cannot stand in for it.
create function entries_join_open_batch() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (
    select 1 from (select distinct batch_id, business_date from arrived) a
    left join batches b on b.batch_id = a.batch_id and b.business_date = a.business_date and b.opened_in = pg_current_xact_id()
    where b.batch_id is null) then
    raise exception 'entries enter only a batch opened in the same transaction, on its business date' using errcode = '23514';
  end if;
  if exists (select 1 from arrived a left join ledgers l using (ledger) where l.ledger is null) then
    raise exception 'entry of an unknown ledger' using errcode = '23503';
  end if;
  return null;
end $$;
create trigger entries_join_open_batch after insert on entries referencing new table as arrived
  for each statement execute function entries_join_open_batch();

-- Once summed, a batch takes no more entries: whoever has the sum taken before commit (set constraints ... immediate) cannot add
-- to it afterwards. The mark is the owner's, because nobody else may change a batch.
create function batch_sums_to_zero() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare off record;
begin
  select asset, sum(amount) as difference into off from entries
    where business_date = new.business_date and batch_id = new.batch_id group by asset having sum(amount) <> 0 limit 1;
  if found then
    raise exception 'batch % does not sum to zero: % %', new.batch_key, off.asset, off.difference using errcode = '23514';
  end if;
  update batches set opened_in = '0' where batch_id = new.batch_id;
  return null;
end $$;
revoke all on function batch_sums_to_zero() from public;
create constraint trigger batch_sums_to_zero after insert on batches deferrable initially deferred
  for each row execute function batch_sums_to_zero();

-- ------------------------------------------------------------------------------------------------ settlement day

create table settlement_days (
  channel          channel_code not null,
  business_date    date not null,
  workflow_id      text not null unique,
  day_kind         text not null check (day_kind in ('full', 'half')),
  settlement_day   boolean not null,
  previous_trading_day date not null,
  next_trading_day date not null,
  trades_settle    date not null,
  fee_settles      date not null,
  risk_settles     date not null,
  calendar_version integer not null,
  stage            text not null,
  started_at       timestamptz not null default business_now(),
  closed_at        timestamptz,
  primary key (channel, business_date)
);
create table skipped_days (
  channel       channel_code not null,
  business_date date not null,
  reason        text not null,
  decided_at    timestamptz not null default business_now(),
  primary key (channel, business_date)
);
comment on table skipped_days is 'A schedule asked for the day and the calendar said no: a recorded decision.';
create table day_steps (
  channel       channel_code not null,
  business_date date not null,
  step          text not null,
  state         text not null check (state in ('held', 'done')),
  cause         text not null,
  sections      text[] not null default '{}',
  at            timestamptz not null default business_now(),
  primary key (channel, business_date, step)
);

create table figures (
  figure_id     bigint generated always as identity primary key,
  channel       channel_code not null,
  business_date date not null,
  side          side_of_business not null,
  code          text not null,
  revision      integer not null,
  amount_fen    bigint not null,
  rule          text not null,
  terms_version text not null,
  computed_at   timestamptz not null default business_now(),
  unique (channel, business_date, side, code, revision)
);
create table figure_terms (
  figure_id  bigint not null references figures,
  term_no    integer not null,
  term       text not null,
  amount_fen bigint not null,
  uncertain  boolean not null default false,
  source     jsonb not null,
  primary key (figure_id, term_no)
);
comment on column figure_terms.source is 'Which lines make the term: table, dates, files in force when it was computed.';

create table orders (
  order_id      bigint generated always as identity primary key,
  business_key  text not null unique,
  channel       channel_code not null,
  business_date date not null,
  side          side_of_business not null,
  kind          text not null check (kind in ('FUND', 'DRAW_BACK', 'COMMISSION')),
  revision      integer not null,
  figure_id     bigint references figures,
  amount_fen    bigint not null check (amount_fen > 0),
  from_account  text not null references broker_accounts,
  to_account    text not null references broker_accounts,
  state         text not null check (state in ('awaiting approval', 'approved', 'sent', 'executed', 'refused', 'recalled', 'withdrawn', 'rejected outside')),
  made_by       text not null,
  made_at       timestamptz not null default business_now(),
  approved_by   text,
  approved_at   timestamptz,
  sent_at       timestamptz,
  executed_at   timestamptz,
  outside_reference text,
  constraint maker_never_approves check (approved_by is null or approved_by <> made_by),
  constraint sent_only_when_approved check (state not in ('approved', 'sent', 'executed') or approved_by is not null)
);
create index orders_of_day on orders (channel, business_date, side);

create table checkpoints (
  channel       channel_code not null,
  business_date date not null,
  side          side_of_business not null,
  checkpoint    text not null check (checkpoint in ('10:00', '10:30', '18:00')),
  trades_fen    bigint not null,
  risk_payable_fen bigint not null,
  risk_returned_fen bigint not null,
  corporate_fen bigint not null,
  fee_fen       bigint not null,
  total_fen     bigint not null,
  balance_fen   bigint not null,
  missing_fen   bigint not null check (missing_fen >= 0),
  read_at       timestamptz not null default business_now(),
  primary key (channel, business_date, side, checkpoint)
);
create table settlement_defaults (
  channel       channel_code not null,
  business_date date not null,
  side          side_of_business not null,
  intraday_fen  bigint not null check (intraday_fen >= 0),
  end_of_day_fen bigint not null default 0 check (end_of_day_fen >= 0),
  cause         text not null check (cause in ('not yet found', 'not ordered', 'transfer not arrived', 'amount computed wrongly', 'settled otherwise')),
  cause_lines   jsonb not null default '{}', -- amounts behind the cause and the terms of the plan, line by line
  covered_on    date,
  covered_at    timestamptz,
  days          integer,
  penalty_fen   bigint,
  interest_fen  bigint,
  primary key (channel, business_date, side)
);

create table pre_clearings (
  channel         channel_code not null,
  business_date   date not null,
  fund_account    text not null,
  trades          bigint not null,
  payable_fen     bigint not null,
  receivable_fen  bigint not null,
  commission_fen  bigint not null,
  frozen_fen      bigint not null,
  correction_fen  bigint not null,
  primary key (channel, business_date, fund_account)
);
-- The counter adds up what it is told: a message keeps its lines under its key, what changes later goes out as the difference.
create table freeze_correction_messages (
  channel       channel_code not null,
  business_date date not null,
  message_no    integer not null check (message_no > 0),
  taken_at      timestamptz,
  refused_code  text,
  primary key (channel, business_date, message_no),
  check (taken_at is null or refused_code is null)
);
create table freeze_correction_lines (
  channel       channel_code not null,
  business_date date not null,
  message_no    integer not null,
  fund_account  text not null,
  amount_fen    bigint not null check (amount_fen <> 0),
  primary key (channel, business_date, message_no, fund_account),
  foreign key (channel, business_date, message_no) references freeze_correction_messages
);
comment on table freeze_correction_messages is 'What the counter is told of frozen money, in messages of the day; a refused one was not told.';
create table portfolio_fees (
  channel            channel_code not null,
  business_date      date not null,
  securities_account text not null,
  market_value_cents bigint not null,
  calendar_days      integer not null,
  own_cents          bigint not null,
  own_fen            bigint not null,
  primary key (channel, business_date, securities_account)
);
comment on table portfolio_fees is 'Our own computation (S11) of the fee the file of the day charges.';
create table risk_money (
  channel        channel_code not null,
  business_date  date not null,
  side           side_of_business not null,
  mark_to_market_fen bigint not null,
  margin_fen     bigint not null,
  margin_model   text not null,
  margin_flat22_fen bigint not null,
  payable_fen    bigint not null,
  settles        date not null,
  long_cents     bigint not null,
  short_cents    bigint not null,
  collateral_cents bigint not null,
  primary key (channel, business_date, side)
);
create table client_figures (
  channel             channel_code not null,
  business_date       date not null,
  fund_account        text not null,
  balance_fen         bigint not null,
  frozen_trades_fen   bigint not null,
  frozen_fee_fen      bigint not null,
  in_transit_fen      bigint not null,
  credited_today_fen  bigint not null,
  sales_booked_today_fen bigint not null,
  available_fen       bigint not null,
  withdrawable_fen    bigint not null,
  primary key (channel, business_date, fund_account)
);
create table overdrafts (
  channel       channel_code not null,
  business_date date not null,
  fund_account  text not null,
  amount_fen    bigint not null check (amount_fen > 0),
  cause         text not null check (cause in ('fx', 'portfolioFee', 'delayedSettlement', 'other')),
  fx_fen        bigint not null,
  fee_fen       bigint not null,
  delayed_fen   bigint not null,
  primary key (channel, business_date, fund_account)
);
create table advances (
  channel        channel_code not null,
  business_date  date not null,
  fund_account   text not null,
  advanced_fen   bigint not null,
  repaid_fen     bigint not null,
  outstanding_fen bigint not null,
  overdraft_fen  bigint not null,
  interest_numerator numeric(40, 0) not null,
  primary key (channel, business_date, fund_account)
);
comment on column advances.interest_numerator is
  'Sum of owed fen x calendar days x yearly rate (E12) since the first day, never reset; penalty interest in fen is this / 10^12 / day base (S18).';
create table forecasts (
  channel       channel_code not null,
  business_date date not null,
  side          side_of_business not null,
  forecast_date date not null,
  amount_fen    bigint not null,
  figure_id     bigint not null references figures,
  primary key (channel, business_date, side, forecast_date)
);

-- ------------------------------------------------------------------------------------------- people and promises

create table roles (
  role    text primary key,
  name_zh text not null,
  name_en text not null,
  office  text not null check (office in ('front', 'back', 'technology', 'neither'))
);
create table people (
  person     text primary key,
  subject    text not null unique,
  department text not null,
  active     boolean not null default true
);
create table person_names (
  person  text primary key references people,
  name_zh text not null,
  name_en text not null
);
comment on table person_names is 'Personal: names of staff, kept apart.';
create table grants (
  grant_id     bigint generated always as identity primary key,
  person       text not null references people,
  role         text not null references roles,
  side         side_of_business,
  branch       text,
  mark         text check (mark in ('deputy', 'head')),
  valid_from   date not null,
  valid_to     date,
  requested_by text not null,
  granted_by   text not null,
  approved_by  text not null,
  check (valid_from < valid_to),
  constraint grant_has_three_hands check (granted_by <> approved_by and approved_by <> person and granted_by <> person),
  exclude using gist (person with =, role with =, coalesce(side::text, '') with =, daterange(valid_from, valid_to) with &&)
);

create table tasks (
  task_id      bigint generated always as identity primary key,
  business_key text not null unique,
  workflow_id  text not null,
  kind         text not null,
  title_zh     text not null,
  title_en     text not null,
  role         text not null references roles,
  mark         text,
  side         side_of_business,
  branch       text,
  due_at       timestamptz,
  form         jsonb not null,
  form_version integer not null,
  facts        jsonb not null,
  revision     integer not null,
  made_by      text,
  state        text not null check (state in ('open', 'claimed', 'done', 'withdrawn')),
  claimed_by   text,
  opened_at    timestamptz not null default business_now(),
  done_at      timestamptz,
  outcome      jsonb
);
create index tasks_open on tasks (role, side) where state in ('open', 'claimed');
create index tasks_of_process on tasks (workflow_id);
create table approvals (
  task_id    bigint primary key references tasks,
  order_id   bigint references orders,
  revision   integer not null,
  maker      text not null,
  checker    text not null,
  decision   text not null check (decision in ('approved', 'refused')),
  reason     text not null,
  decided_at timestamptz not null,
  constraint maker_never_checks check (maker <> checker)
);
create table ladder_rungs (
  workflow_id text not null,
  ladder      text not null,
  rung        integer not null,
  subject     text not null,
  due_at      timestamptz not null,
  audience    text not null,
  action_zh   text not null,
  action_en   text not null,
  state       text not null check (state in ('met', 'acted', 'escalated')),
  done_at     timestamptz not null,
  done_by     text not null,
  primary key (workflow_id, ladder, rung, subject)
);
comment on table ladder_rungs is 'Every rung: when due, when done, by whom. met = nothing was left to do when it came due.';

create table outbox (
  message_id   bigint generated always as identity primary key,
  message_key  text not null unique,
  workflow_id  text,
  kind         text not null check (kind in ('notice', 'signal', 'start')),
  severity     text not null check (severity in ('info', 'warning', 'critical')),
  recipient_role text,
  recipient_mark text check (recipient_mark in ('approver', 'deputy', 'head')),
  recipient_ref  text,
  channel        channel_code,
  business_date  date,
  subject_zh   text not null,
  subject_en   text not null,
  text_zh      text not null,
  text_en      text not null,
  payload      jsonb not null default '{}',
  created_at   timestamptz not null default business_now(),
  sent_at      timestamptz,
  attempts     integer not null default 0,
  last_error   text,
  check (recipient_mark is null or recipient_role is not null),
  check ((channel is null) = (business_date is null))
);
comment on column outbox.business_date is 'Day that a notice is about, also where no process of that day exists.';
create index outbox_unsent on outbox (message_id) where sent_at is null;
create index outbox_of_process on outbox (workflow_id, message_id) where kind = 'notice';
create index outbox_of_day on outbox (channel, business_date, message_id) where kind = 'notice';

create table audit (
  xact         bigint not null default (pg_current_xact_id()::text::bigint),
  seq          bigint generated always as identity primary key,
  at           timestamptz not null default business_now(),
  recorded_at  timestamptz not null default clock_timestamp(),
  actor        text not null,
  on_behalf_of text,
  role         text,
  action       text not null,
  outcome      text not null check (outcome in ('done', 'refused')),
  object_type  text not null,
  object_id    text not null,
  reason       text,
  before       jsonb,
  after        jsonb,
  request_id   text
);
comment on column audit.xact is
  'Transaction that wrote the row. Before seq, because columns get their defaults in this order: who has a number has a transaction.';
create index audit_by_transaction on audit (xact);
create table audit_seals (
  seal_no     bigint primary key,
  seen        text not null,
  seqs        bigint[] not null,
  row_digests text[] not null,
  previous    text not null,
  digest      text not null unique,
  sealed_at   timestamptz not null default clock_timestamp(),
  check (cardinality(seqs) > 0 and cardinality(seqs) = cardinality(row_digests))
);
comment on table audit_seals is
  'The chain over the audit: each seal holds the rows whose transactions its snapshot sees and the seal before did not.';
create table idempotency (
  actor          text not null,
  key            text not null check (length(key) between 1 and 255),
  route          text not null,
  request_sha256 text not null,
  status         integer,
  response       jsonb,
  location       text,
  created_at     timestamptz not null default clock_timestamp(),
  primary key (actor, key)
);

-- ------------------------------------------------------------------------------------- partitions by business date

create table partitioned_by_day (parent text primary key, key_columns text not null, further_index text);
insert into partitioned_by_day values
  ('clearing_lines', 'business_date, file_id, row_no', 'settle_date, business'),
  ('security_movements', 'business_date, file_id, row_no', null),
  ('security_balances', 'business_date, file_id, row_no', null),
  ('counter_trades', 'business_date, file_id, row_no', null),
  ('counter_cash', 'business_date, file_id, row_no', null),
  ('bank_lines', 'business_date, file_id, row_no', null),
  ('notices', 'business_date, file_id, row_no', null),
  ('reference_rates', 'business_date, file_id, row_no', null),
  ('money_summaries', 'business_date, file_id, row_no', null),
  ('money_movements', 'business_date, file_id, row_no', null),
  ('money_balances', 'business_date, file_id, row_no', null),
  ('filing_replies', 'business_date, file_id, row_no', null),
  ('filed_elections', 'business_date, file_id, row_no', null),
  ('listed_securities', 'business_date, file_id, row_no', null),
  ('closing_prices', 'business_date, file_id, row_no', null),
  ('entries', 'business_date, batch_id, line_no', 'ledger, owner, asset');

create function open_business_date(opened date) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare kept record; partition text;
begin
  if opened is null or opened < date '2014-01-01' or opened > date '2100-01-01' then
    raise exception 'no business date: %', opened using errcode = '22008';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('open_business_date', 0));
  for kept in select * from partitioned_by_day order by parent loop
    partition := kept.parent || '_' || to_char(opened, 'YYYYMMDD');
    if to_regclass(partition) is null then
      execute format('create table %I (like %I including defaults including constraints)', partition, kept.parent);
      execute format('alter table %I add primary key (%s)', partition, kept.key_columns);
      if kept.further_index is not null then
        execute format('create index on %I (%s)', partition, kept.further_index);
      end if;
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', kept.parent, partition, opened, opened + 1);
    end if;
  end loop;
end $$;
comment on function open_business_date(date) is
  'Makes and attaches the day''s partitions with the owner''s rights: the application''s role has no DDL of its own.';
revoke all on function open_business_date(date) from public;

-- A sample of 6,000 lines a table is enough to tell a full day from an empty one, and takes a fifth of the time.
create function analyse_business_date(analysed date) returns void language plpgsql security definer
  set search_path = public, pg_temp set default_statistics_target = 20 as $$
declare partition text;
begin
  for partition in select parent || '_' || to_char(analysed, 'YYYYMMDD') from partitioned_by_day order by parent loop
    if to_regclass(partition) is not null then execute format('analyze %I', partition); end if;
  end loop;
end $$;
comment on function analyse_business_date(date) is
  'Tells the planner what the day''s partitions hold. Of lines that were copied a moment ago it would believe that there are none.';
revoke all on function analyse_business_date(date) from public;

-- ------------------------------------------------------------------------------------- what is in force, of all lines

do $$
declare parent text;
begin
  for parent in select p.parent from partitioned_by_day p where p.parent <> 'entries' loop
    -- As a test of each line, not as a join: a join the planner would take for one that leaves hardly a line, and it would
    -- then go through thousands of lines once for each of thousands of others.
    execute format('create view %I as select l.* from %I l where (l.file_id in (select f.file_id from files_in_force f)) is true',
                   parent || '_in_force', parent);
  end loop;
end $$;

create function side_of_finding(found findings_in_force) returns side_of_business language sql stable as $$
  with named as (
    select unnest(array[found.value, found.file_value, found.computed]) as name
    union all
    select jsonb_array_elements_text(found.attributes -> 'key') where jsonb_typeof(found.attributes -> 'key') = 'array'
    union all
    select unnest(array[reserve_account, securities_account]) from clearing_lines
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select securities_account from security_movements
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select securities_account from security_balances
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select unnest(array[fund_account, securities_account]) from counter_trades
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select fund_account from counter_cash
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select account from bank_lines
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select reserve_account from money_summaries
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select account from money_movements
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select account from money_balances
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select securities_account from filing_replies
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select securities_account from filed_elections
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no),
  sides as (
    select name::side_of_business as side from named where name in ('client', 'proprietary')
    union all select b.side from broker_accounts b join named on b.account = name
    union all select c.side from clients c join named on c.fund_account = name
    union all select c.side from clients c join named on c.securities_account = name)
  select min(side) from sides having count(distinct side) = 1
$$;
comment on function side_of_finding(findings_in_force) is
  'Side whose account a finding names, in its key, its values or on its line; null where it is of no side or of both.';

-- Which field of the notice is the ratio of purchases and which of sales is a parameter: nothing assumes which is larger (S1).
create view settlement_ratios_in_force as
  with noticed as (
    select channel, business_date, buy_e5, sell_e5, null::bigint as bl1_e5, null::bigint as bl2_e5 from settlement_ratios
    union all
    -- A notice that came later corrects the earlier one of its date.
    select channel, date_1, null, null, (ratio_1 * 100000)::bigint, (ratio_2 * 100000)::bigint
    from (select distinct on (channel, date_1) * from notices_in_force where kind = 'H05'
          order by channel, date_1, business_date desc, row_no desc) newest),
  fields as (
    select n.*, coalesce((
        select p.value from parameters p
        where p.code = 'RATIO_FIELD_BUY' and p.channel in (n.channel, '') and p.valid_from <= n.business_date
          and (p.valid_to is null or n.business_date < p.valid_to)
        order by p.channel desc limit 1), 'BL1') as buy_field
    from noticed n)
  select channel, business_date,
         coalesce(buy_e5, case buy_field when 'BL1' then bl1_e5 else bl2_e5 end) as buy_e5,
         coalesce(sell_e5, case buy_field when 'BL1' then bl2_e5 else bl1_e5 end) as sell_e5,
         coalesce(bl1_e5, case buy_field when 'BL1' then buy_e5 else sell_e5 end) as bl1_e5
  from fields;
comment on view settlement_ratios_in_force is
  'CNY per HKD of a trading day: of purchases, of sales, and BL1, which converts portfolio fee and risk money (S1, S11, S15).';

create view splits_in_force as
  select channel, code as old_code, event_code as new_code, date_1 as effective_on, quantity_1 as new_shares, quantity_2 as old_shares
  from (select distinct on (channel, code, reserved) * from notices_in_force where kind = 'H10'
        order by channel, code, reserved, business_date desc, row_no desc) newest
  where mark_2 <> 'DEL';
comment on view splits_in_force is 'Old code becomes new code x new_shares / old_shares on effective_on, before trading (S20).';

-- ------------------------------------------------------------------------------------------------ chart of accounts

insert into ledgers values
  ('client_money',      'credit', '客户资金',         'client fund accounts'),
  ('client_shares',     'credit', '客户证券',         'client securities accounts'),
  ('custody',           'debit',  '中国结算托管证券', 'securities held at the clearing house'),
  ('share_suspense',    'credit', '证券挂账',         'securities on suspense'),
  ('cushion',           'credit', '安全气垫',         'own money placed in the client deposit account'),
  ('advance',           'debit',  '垫付资金',         'advanced to clients'),
  ('advance_contra',    'credit', '垫付资金对应科目', 'advanced to clients, contra'),
  ('commission_due',    'credit', '待划佣金',         'commission not yet moved'),
  ('commission_income', 'credit', '佣金收入',         'earned commission'),
  ('bank',              'debit',  '银行存款',         'bank accounts'),
  ('reserve',           'debit',  '结算备付金',       'reserve accounts at the clearing house'),
  ('risk_fund',         'debit',  '风控资金',         'risk-fund accounts at the clearing house'),
  ('on_the_way',        'debit',  '在途公司行为资金', 'corporate-action money on the way'),
  ('clearing',          'debit',  '清算往来',         'between settlement at the clearing house and clearing to clients'),
  ('risk_in_settlement','debit',  '风控资金划转',     'risk money between reserve and risk-fund account'),
  ('suspense',          'credit', '资金挂账',         'money on suspense'),
  ('own_capital',       'credit', '自有资金',         'own money and opening contra'),
  ('default_cost',      'debit',  '违约金与垫息',     'penalty and interest of defaults'),
  ('default_payable',   'credit', '应付违约金与垫息', 'penalty and interest owed to the clearing house');

-- ---------------------------------------------------------------------------------------------------------- grants

grant usage on schema public to southbound_app;
grant select on all tables in schema public to southbound_app;
grant usage on all sequences in schema public to southbound_app;
grant execute on function open_business_date(date), analyse_business_date(date), business_now() to southbound_app;

grant insert on
  files, file_states, findings, finding_withdrawals, break_decisions, clearing_lines, security_movements, security_balances,
  counter_trades, counter_cash, bank_lines, notices, reference_rates, money_summaries, money_movements, money_balances,
  filing_replies, filed_elections, listed_securities, closing_prices, settlement_ratios,
  batches, entries, audit, audit_seals, skipped_days, approvals, ladder_rungs, figures, figure_terms, checkpoints,
  calendar_versions, calendar_days, freeze_correction_lines
  to southbound_app;

grant insert, update on
  business_clock, processes, settlement_days, orders, settlement_defaults, tasks, outbox, idempotency,
  clients, client_names, securities, broker_accounts, people, person_names, grants,
  fee_rates, portfolio_fee_tiers, margin_models, risk_rates, parameters, ladder_terms, roles, freeze_correction_messages
  to southbound_app;

-- Figures of the day that are computed again until the day is closed, and waits of the clock.
grant insert, update, delete on
  clock_waits, day_steps, pre_clearings, portfolio_fees, risk_money, client_figures, overdrafts, advances, forecasts
  to southbound_app;
