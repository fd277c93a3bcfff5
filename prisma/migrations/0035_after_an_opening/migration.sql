-- After an opening: commissions are compared daily with CRM and counter (permissions page), and whoever holds a permission is judged again at
-- intervals (A2 §16).

alter table permission_types add column commission_line text;
update permission_types set commission_line = 'southbound' where permission = 'HKSC';
comment on column permission_types.commission_line is 'Line of the CRM in which the net rate of this kind of permission stands; none: it is not compared.';

alter table permission_changes drop constraint permission_changes_cause_check;
alter table permission_changes add constraint permission_changes_cause_check check (cause in ('by hand', 'callback', 'overdraft', 'review'));

create table commission_breaks (
  break_id      bigint generated always as identity primary key,
  permission    text not null,
  business_date date not null,
  opened_by     text not null references permissions,
  fund_account  text not null,
  code          text not null check (code in ('CRM_MISSING', 'CRM_DIFFERENT', 'COUNTER_MISSING', 'COUNTER_DIFFERENT')),
  ours          numeric(12, 8) not null,
  theirs        numeric(12, 8),
  found_at      timestamptz not null default business_now(),
  gone_at       timestamptz,
  left_by       text,
  left_reason   text check (length(left_reason) between 5 and 500),
  unique (permission, business_date, fund_account, code),
  constraint left_by_somebody check ((left_by is null) = (left_reason is null)),
  constraint missing_has_no_rate check ((theirs is null) = (code in ('CRM_MISSING', 'COUNTER_MISSING')))
);
comment on table commission_breaks is 'Where CRM or counter have another rate than the commission in force at the end of the day.';
comment on column commission_breaks.gone_at is 'Looked at again, and not found any more.';
comment on column commission_breaks.left_by is 'Who decided that it stays as it is.';
create index commission_breaks_open on commission_breaks (permission, business_date) where gone_at is null and left_by is null;
create trigger commission_break_is_written_once before update on commission_breaks for each row
  execute function is_written_once('permission', 'business_date', 'opened_by', 'fund_account', 'code', 'ours', 'theirs', 'found_at', 'gone_at',
                                   'left_by', 'left_reason');

create table suitability_reviews (
  review_id   bigint generated always as identity primary key,
  opened_by   text not null references permissions,
  reviewed_on date not null,
  codes       text[] not null,
  outcome     text not null check (outcome in ('suitable', 'reminded', 'suspension asked', 'suspended already')),
  change_no   text references permission_requests,
  unique (opened_by, reviewed_on),
  constraint suitable_without_codes check ((outcome = 'suitable') = (cardinality(codes) = 0)),
  constraint asked_by_a_change check ((outcome = 'suspension asked') = (change_no is not null))
);
comment on table suitability_reviews is 'Whoever holds a permission judged again at intervals: codes of the conditions that no longer hold, and what followed.';

grant select, insert on commission_breaks, suitability_reviews to southbound_app;
grant update (gone_at, left_by, left_reason) on commission_breaks to southbound_app;
grant usage on all sequences in schema public to southbound_app;
