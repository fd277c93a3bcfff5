-- The register of clients: who they are, by number, and what the conditions of a permission are judged by (A2 §7-8). The number of a
-- client is that of the client file. Personal columns stand in tables of their own (client_identities, restricted_identities).

create table registered_clients (
  client_no       text primary key check (client_no ~ '^C\d{8}$'),
  kind            text not null check (kind in ('natural', 'institution')),
  branch          text not null,
  account_manager text not null,
  registered_on   date not null
);
create index registered_clients_of_branch on registered_clients (branch, client_no);
comment on column registered_clients.account_manager is 'Person of the directory who looks after the client; never calls the client back.';
create table client_identities (
  client_no     text primary key references registered_clients,
  name          text not null,
  document_type text not null,
  document_no   text not null,
  unique (document_type, document_no)
);
comment on table client_identities is 'Personal: name and identity document of each client, kept apart.';
create table client_fund_accounts (
  fund_account text primary key,
  client_no    text not null references registered_clients
);
create index client_fund_accounts_of_client on client_fund_accounts (client_no);
create table securities_accounts (
  account       text primary key check (account ~ '^[A-Z]\d{9}$'),
  client_no     text not null references registered_clients,
  state         text not null check (state in ('OPEN', 'CLOSED')),
  class         text not null check (class in ('QUALIFIED', 'NOT_QUALIFIED', 'DORMANT')),
  designated_to text
);
create unique index one_open_securities_account on securities_accounts (client_no) where state = 'OPEN';
comment on column securities_accounts.designated_to is 'Broker that the account is designated to; HERE for this one, null for none.';

-- The questionnaire and its bands, dated: a correction is an entry and not a release (RATING §5).
create table answer_scores (
  version    text not null,
  place      integer not null,
  question   text not null,
  option     text not null check (option ~ '^[A-Z]$'),
  score      integer not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (version, question, option, valid_from),
  check (valid_from < valid_to),
  exclude using gist (question with =, option with =, daterange(valid_from, valid_to) with &&)
);
comment on column answer_scores.place is 'Order in which questions and options are shown.';
create table risk_bands (
  scale      text not null check (scale in ('CLASS', 'LEVEL')),
  code       text not null,
  from_score integer not null,
  to_score   integer not null check (from_score <= to_score),
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (scale, code, valid_from),
  check (valid_from < valid_to),
  exclude using gist (scale with =, int4range(from_score, to_score, '[]') with &&, daterange(valid_from, valid_to) with &&)
);

create table risk_results (
  result_id             bigint generated always as identity primary key,
  client_no             text not null references registered_clients,
  questionnaire_version text not null,
  score                 integer not null,
  risk_class            text not null,
  risk_level            text not null,
  answers               jsonb not null,
  answered_on           date not null,
  answered_at           timestamptz not null default business_now(),
  answer_key            text not null unique
);
create index risk_results_of_client on risk_results (client_no, answered_on desc, result_id desc);
comment on table risk_results is 'Every result that was given, with its answers; the newest counts.';
create table client_assets (
  client_no      text not null references registered_clients,
  as_of          date not null,
  securities_fen bigint not null,
  cash_fen       bigint not null,
  margin_net_fen bigint not null,
  primary key (client_no, as_of)
);
comment on column client_assets.margin_net_fen is 'Assets less debts of the margin account at the close of as_of; below zero it takes away from the rest.';
create table bad_credit_records (
  client_no   text not null references registered_clients,
  recorded_on date not null,
  removed_on  date,
  source      text not null,
  primary key (client_no, recorded_on),
  check (recorded_on <= removed_on)
);
create table exchange_warnings (
  client_no text not null references registered_clients,
  warned_on date not null,
  exchange  text not null,
  reason    text not null,
  primary key (client_no, warned_on, exchange)
);

create table restricted_lists (
  version     integer primary key check (version > 0),
  sha256      text not null unique,
  row_count   integer not null check (row_count >= 0),
  source      text not null,
  reason      text not null,
  imported_by text not null,
  imported_at timestamptz not null default business_now(),
  decision    text check (decision in ('approved', 'refused')),
  decided_by  text,
  decided_at  timestamptz,
  check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
  constraint importer_never_approves check (decided_by <> imported_by)
);
comment on table restricted_lists is 'Whoever law or regulation forbids or limits; the newest approved list is in force, as a whole.';
create trigger importer_is_no_approver after insert or update on restricted_lists for each row
  execute function maker_is_no_checker('imported_by', 'decided_by');
create trigger restricted_list_is_written_once before update on restricted_lists for each row
  execute function is_written_once('version', 'sha256', 'row_count', 'source', 'reason', 'imported_by', 'decision', 'decided_by', 'decided_at');
create table restricted_identities (
  version       integer not null references restricted_lists,
  line_no       integer not null,
  document_type text not null,
  document_no   text not null,
  cause         text not null,
  primary key (version, line_no),
  unique (version, document_type, document_no)
);
comment on table restricted_identities is 'Personal: identity documents on a list of restricted persons.';
create index restricted_identities_by_document on restricted_identities (document_type, document_no);

grant select, insert on registered_clients, client_identities, client_fund_accounts, risk_results, client_assets, exchange_warnings,
  restricted_identities to southbound_app;
grant select, insert, update on answer_scores, risk_bands, securities_accounts, bad_credit_records, restricted_lists to southbound_app;
grant update (branch, account_manager) on registered_clients to southbound_app;
grant usage on all sequences in schema public to southbound_app;
