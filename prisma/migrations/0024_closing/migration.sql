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
