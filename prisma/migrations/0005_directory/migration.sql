-- Directory of people: which duties conflict, how a role is asked for, granted and approved, how it ends.
-- A grant is evidence: what it gives and whose hands gave it are written once; it only ends.

create table role_conflicts (
  one         text not null,
  other       text not null,
  rule        text not null check (rule in ('never', 'exception')),
  code        text not null,
  restriction text,
  reason_zh   text not null,
  reason_en   text not null,
  valid_from  date not null,
  valid_to    date,
  source      text not null,
  primary key (one, other, valid_from),
  check (one <> other),
  check (valid_from < valid_to),
  check ((rule = 'exception') = (restriction is not null)),
  exclude using gist (one with =, other with =, daterange(valid_from, valid_to) with &&)
);
comment on table role_conflicts is
  'Two duties that one person must not have at once: never, or only as an exception that the head of compliance approves, with the restriction (A5 §17).';

-- ----------------------------------------------------------------------------------------------------------- people

alter table people
  add column made_by     text,
  add column left_at     timestamptz,
  add column left_reason text,
  add constraint who_left_is_not_active check (left_at is null or not active),
  add constraint leaving_has_a_reason check ((left_at is null) = (left_reason is null));
comment on column people.made_by is 'Who made the login: technology, which grants no role (A1 §15).';

-- ------------------------------------------------------------------------------------------------------ role grants

create table role_grants (
  role_grant_id    bigint generated always as identity primary key,
  person           text not null references people,
  role             text not null references roles,
  side             side_of_business,
  branch           text,
  mark             text check (mark in ('deputy', 'head')),
  in_charge_of     text[] not null default '{}',
  valid_from       date not null,
  valid_to         date,
  reason           text not null,
  exception_reason text,
  restriction      text,
  revision         integer not null default 1,
  state            text not null check (state in ('requested', 'granted', 'in force', 'refused', 'recalled', 'withdrawn')),
  requested_by     text not null,
  requested_at     timestamptz not null default business_now(),
  granted_by       text,
  granted_at       timestamptz,
  approved_by      text,
  approved_at      timestamptz,
  ended_by         text,
  ended_at         timestamptz,
  refusals         text[] not null default '{}',
  check (valid_from < valid_to),
  check ((granted_by is null) = (granted_at is null)),
  check ((approved_by is null) = (approved_at is null)),
  check (state <> 'granted' or granted_by is not null),
  check (state <> 'in force' or (granted_by is not null and approved_by is not null)),
  check (restriction is null or exception_reason is not null),
  constraint role_grant_has_three_hands check (
    person not in (requested_by, granted_by, approved_by) and requested_by not in (granted_by, approved_by) and granted_by <> approved_by),
  constraint one_request_at_a_time exclude using gist (person with =, role with =, coalesce(side::text, '') with =,
    coalesce(branch, '') with =, daterange(valid_from, valid_to) with &&) where (state in ('requested', 'granted'))
);
comment on table role_grants is
  'A role asked for by a department, granted by operations, approved by compliance (A1 §15): three hands, and none of them the person''s.';
comment on column role_grants.exception_reason is 'Why a conflict of duties that may be excepted should be; the restriction goes with it.';
comment on column role_grants.refusals is 'Codes for which the request was refused by rule, e.g. because a role had changed in between.';
create index role_grants_of_person on role_grants (person);

alter table grants
  drop constraint grants_check,
  drop constraint grant_has_three_hands,
  drop constraint grants_person_role_coalesce_daterange_excl,
  add column in_charge_of  text[] not null default '{}',
  add column restriction   text,
  add column role_grant_id bigint unique references role_grants,
  add column revoked_by    text,
  add column revoked_at    timestamptz,
  add column revoke_reason text,
  -- Revoked before or on its first day it was in force on none.
  add constraint grant_ends_after_it_begins check (valid_from < valid_to or (valid_from = valid_to and revoked_at is not null)),
  add constraint revocation_is_whole check (num_nulls(revoked_by, revoked_at, revoke_reason) in (0, 3)),
  add constraint grant_has_three_hands check (
    person not in (requested_by, granted_by, approved_by) and requested_by not in (granted_by, approved_by) and granted_by <> approved_by),
  add constraint one_grant_at_a_time exclude using gist (person with =, role with =, coalesce(side::text, '') with =,
    coalesce(branch, '') with =, daterange(valid_from, valid_to) with &&);
comment on column grants.restriction is 'Of an approved exception: what the person takes no part in.';
create index grants_of_person on grants (person);

-- Three hands are three humans, whatever accounts they use, and none of them is the one who gets the role.
drop trigger grant_maker_is_no_checker on grants;
create trigger grant_maker_is_no_checker before insert or update on grants for each row
  execute function maker_is_no_checker('person', 'requested_by', 'granted_by', 'approved_by');
create trigger role_grant_maker_is_no_checker before insert or update on role_grants for each row
  execute function maker_is_no_checker('person', 'requested_by', 'granted_by', 'approved_by');
create trigger role_grant_is_written_once before update on role_grants for each row
  execute function is_written_once('granted_by', 'granted_at', 'approved_by', 'approved_at', 'ended_by', 'ended_at');
create trigger grant_is_written_once before update on grants for each row
  execute function is_written_once('revoked_by', 'revoked_at', 'revoke_reason');

-- ----------------------------------------------------------------------------------------------------------- grants

grant select on role_conflicts, role_grants to southbound_app;
grant insert on role_conflicts, role_grants to southbound_app;
grant update (valid_to) on role_conflicts to southbound_app;
grant update (state, revision, restriction, granted_by, granted_at, approved_by, approved_at, ended_by, ended_at, refusals) on role_grants
  to southbound_app;
revoke update on grants from southbound_app;
grant update (valid_to, revoked_by, revoked_at, revoke_reason) on grants to southbound_app;
grant usage on all sequences in schema public to southbound_app;
