-- Conditions of a permission by kind, as dated rows; closings, openings of institutions and lists of restricted persons (A2 §7-12).

create table eligibility_terms (
  permission text not null,
  term       text not null check (term in ('ASSETS_MINIMUM', 'ASSETS_DAYS', 'EXPERIENCE_MONTHS', 'RISK_RESULT_VALID_YEARS',
                                           'EXCHANGE_WARNING_MONTHS')),
  parameter  text not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (permission, term, valid_from),
  check (valid_from < valid_to),
  exclude using gist (permission with =, term with =, daterange(valid_from, valid_to) with &&)
);
comment on table eligibility_terms is
  'By which parameters the conditions of a kind of permission are judged; a condition without a row is not asked for.';
create table trading_experience (
  client_no       text primary key references registered_clients,
  first_traded_on date not null,
  source          text not null
);
comment on table trading_experience is 'The first trade of a client in securities, here or elsewhere.';
grant select, insert on eligibility_terms, trading_experience to southbound_app;
grant update (valid_to) on eligibility_terms to southbound_app;

-- What is done at the counter of a branch: documents of closings and of openings by institutions, by kind of permission.
create table permission_counter_terms (
  permission            text not null,
  closing_documents     text[] not null,
  holdings_document     text not null,
  closing_days          integer not null check (closing_days > 0),
  settlement_channels   text[] not null,
  institution_documents text[] not null,
  scan_types            text[] not null,
  scan_bytes_at_most    integer not null check (scan_bytes_at_most > 0),
  valid_from            date not null,
  valid_to              date,
  source                text not null,
  primary key (permission, valid_from),
  check (valid_from < valid_to),
  exclude using gist (permission with =, daterange(valid_from, valid_to) with &&)
);
comment on column permission_counter_terms.holdings_document is 'What a client who still holds shares confirms in writing.';
comment on column permission_counter_terms.settlement_channels is 'Channels in whose books its trades settle; none: nothing of them blocks a closing.';
grant select, insert on permission_counter_terms to southbound_app;
grant update (valid_to) on permission_counter_terms to southbound_app;

alter table permission_requests drop constraint permission_requests_state_check;
alter table permission_requests add constraint permission_requests_state_check
  check (state in ('under way', 'opening', 'closing', 'filing', 'done', 'withdrawn', 'lapsed', 'refused'));
alter table permission_requests drop constraint permission_requests_check;
alter table permission_requests add constraint ended_when_ended
  check ((ended_at is null) = (state in ('under way', 'opening', 'closing', 'filing')));
drop index one_open_request;
create unique index one_open_request on permission_requests (client_no, permission, kind) where state in ('under way', 'opening', 'closing');
create index open_closings on permission_requests (request_no) where kind = 'closing' and state = 'under way';
grant update (lapses_at) on permission_requests to southbound_app;

create table permission_closings (
  request_no text primary key references permission_requests,
  waits      boolean not null
);
comment on column permission_closings.waits is 'The client wishes that the request waits until nothing stands in the way; otherwise it ends.';
grant select, insert on permission_closings to southbound_app;
