-- A promise is found by a number: its key of business bears the digits of its process, and one unique tree over them and a digest of the key
-- takes the place of a hash over the key and of a tree over the process. Of two keys of one number that differ, one pair in 10^19 has the
-- same 64 bits of the digest; the second of such two would not be given, and the reader of the first would find neither in its place.
-- What mostly is the same is kept where it differs: process, kind of limit, channel, days that a clock may stand, revision. Its calendars
-- are one number where they are the civil one alone, and its rungs five bytes each: milliseconds before it is due.

-- ----------------------------------------------------------------------------------------------------------------- number of a promise

create function promise_number(business_key text) returns bigint language sql immutable parallel safe
begin atomic
  select case_number(regexp_replace(business_key, ':\d{1,3}$', ''));
end;
comment on function promise_number(text) is
  'Digits of a key of business without what is counted at its end: complaint-answer:T20250623-000001:1 -> 20250623000001. Mostly the case_number of its process.';

-- ---------------------------------------------------------------------------------------------------------------- rungs, kept smaller

drop index deadlines_by_rung;
create function rungs_before(kept bytea, due_at timestamptz) returns jsonb language sql stable strict as $$
  select coalesce(jsonb_agg(jsonb_build_object('rung', rung, 'dueAt', at) order by rung), '[]')
    from unnest(rung_instants(kept, due_at)) with ordinality r(at, rung) where at is not null
$$;
create table rungs_of_promises as select deadline_id, rungs_before(rungs, due_at) as rungs from deadlines;
create table rungs_of_versions as select version, rungs_before(rungs, due_at) as rungs from history.deadlines;
drop function rungs_before(bytea, timestamptz), rung_minutes(bytea, timestamptz), rungs_of(bytea, timestamptz), rung_instants(bytea, timestamptz),
  rungs_kept(jsonb, timestamptz), rungs_until(bytea, timestamptz);

create function rungs_kept(rungs jsonb, due_at timestamptz) returns bytea language sql stable strict parallel safe as $$
  select case when coalesce(bool_and(at is null or milliseconds = trunc(milliseconds) and abs(milliseconds) < 549755813888), true)
              then coalesce(string_agg(coalesce(substring(int8send(milliseconds::bigint) from 4), '\x8000000000'), '' order by rung)
                              filter (where rung < last or at is distinct from due_at), '')
                   || case when bool_or(rung = last and at = due_at) then ''::bytea else '\x00' end
              else string_agg(timestamptz_send(coalesce(at, '-infinity')), '' order by rung)
                   || substring('\x00000000'::bytea for (7 - 8 * max(last) % 5) % 5) end
    from (select max((r ->> 'rung')::int) as last from jsonb_array_elements(rungs) r) numbered, generate_series(1, last) rung
         left join lateral (select (r ->> 'dueAt')::timestamptz as at from jsonb_array_elements(rungs) r where (r ->> 'rung')::int = rung) i on true,
         lateral (select extract(epoch from due_at - at) * 1000 as milliseconds) m
$$;
comment on function rungs_kept(jsonb, timestamptz) is
  'Instants by the number of their rung, of [{"rung": 1, "dueAt": "..."}]: five bytes each, milliseconds before due_at. A number without a rung has the least that five bytes can say; the last one is not kept where it is due_at, otherwise one byte follows. Where one is no whole millisecond, or 17 years away: eight bytes each, as PostgreSQL sends instants, filled up to two more than a multiple of five.';

create function rung_instants(kept bytea, due_at timestamptz) returns timestamptz[] language sql immutable strict parallel safe as $$
  select case when length(kept) % 5 = 2 then
    array(select case when eight <> '\x8000000000000000' then
                   (timestamp '2000-01-01' + interval '1 microsecond' * eight::bigint) at time zone 'UTC' end
            from generate_series(0, length(kept) / 8 - 1) place, lateral (select substring(kept from 8 * place + 1 for 8) as eight) e
           order by place)
  else
    array(select case when five <> '\x8000000000' then
                   (due_at at time zone 'UTC' - interval '1 millisecond' * (((five::bigint + 549755813888) & 1099511627775) - 549755813888))
                   at time zone 'UTC' end
            from generate_series(0, length(kept) / 5 - 1) place, lateral (select substring(kept from 5 * place + 1 for 5) as five) f
           order by place)
    || case when length(kept) % 5 = 1 then '{}' else array[due_at] end
  end
$$;
comment on function rung_instants(bytea, timestamptz) is 'Instants by the number of their rung, as `rungs_kept` kept them; exact.';

create function rungs_of(kept bytea, due_at timestamptz) returns jsonb language sql stable strict parallel safe as $$
  select coalesce(jsonb_agg(jsonb_build_object('rung', rung, 'dueAt', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by rung), '[]')
    from unnest(rung_instants(kept, due_at)) with ordinality r(at, rung) where at is not null
$$;
comment on function rungs_of(bytea, timestamptz) is '[{"rung": 1, "dueAt": "..."}] of the instants by the number of their rung.';

create function rung_minutes(kept bytea, due_at timestamptz) returns integer[] language sql immutable strict parallel safe
begin atomic
  select array(select distinct floor(extract(epoch from at) / 60)::integer from unnest(rung_instants(kept, due_at)) at where at is not null);
end;
comment on function rung_minutes(bytea, timestamptz) is 'Minutes, counted since 1970, in which a rung rings: what is due is found by them.';

-- ----------------------------------------------------------------------------------------------------------------- calendars, kept small

create function civil_version_of(calendars text) returns smallint language sql immutable strict parallel safe as $$
  select case when calendars ~ '^CIVIL [1-9]\d{0,3}$' then substr(calendars, 7)::smallint end
$$;
comment on function civil_version_of(text) is 'Version of the civil calendar where nothing else is named: CIVIL 12 -> 12.';

-- ------------------------------------------------------------------------------------------------------------------------ the table

drop view as_of.deadlines;
alter table deadline_changes drop constraint deadline_changes_deadline_id_fkey;
alter table deadline_extensions drop constraint deadline_extensions_deadline_id_fkey;
alter table deadline_stops drop constraint deadline_stops_deadline_id_fkey;
drop index deadlines_breached, deadlines_ended, deadlines_ended_by_process, deadlines_ended_otherwise, deadlines_of_process, deadlines_open;
alter table deadlines drop constraint deadlines_pkey, drop constraint promises_are_given_once;
alter sequence deadlines_deadline_id_seq rename to deadlines_before_id_seq;
alter table deadlines rename to deadlines_before;

create table deadlines (
  deadline_id          bigint not null generated always as identity,
  received_at          timestamptz not null,
  due_at               timestamptz not null,
  opened_later_at      timestamptz default business_now(),
  breached_at          timestamptz,
  ended_at             timestamptz,
  limit_n              smallint not null,
  civil_version        smallint,
  other_stop_days      smallint,
  later_revision       smallint,
  side                 side_of_business,
  other_process        text,
  step                 text not null,
  subject              text not null,
  other_workflow       text,
  other_key            text,
  key_tail             text,
  branch               text,
  owner_role           text not null,
  owner_team           text,
  owner_person         text,
  other_ladder         text,
  other_limit_kind     text,
  limit_time           text,
  other_channel        text,
  other_calendars      text,
  ended_as             text,
  ended_by             text,
  rungs                bytea not null,
  process              text not null generated always as (coalesce(other_process, 'complaint')) virtual,
  workflow_id          text not null generated always as (coalesce(other_workflow, coalesce(other_process, 'complaint') || ':' || subject)) virtual,
  business_key         text not null generated always as
    (coalesce(other_key, coalesce(other_process, 'complaint') || '-' || step || ':' || subject || coalesce(key_tail, ''))) virtual,
  opened_at            timestamptz not null generated always as (coalesce(opened_later_at, received_at)) virtual,
  ladder               text not null generated always as (coalesce(other_ladder, 'PROMISE')) virtual,
  limit_kind           text not null generated always as (coalesce(other_limit_kind, 'BUSINESS_DAYS')) virtual,
  channel              text not null generated always as (coalesce(other_channel, 'SH')) virtual,
  calendar_version     text not null generated always as (coalesce(other_calendars, 'CIVIL ' || civil_version::text)) virtual,
  stopped_days_at_most integer not null generated always as (coalesce(other_stop_days::integer, 30)) virtual,
  revision             integer not null generated always as (coalesce(later_revision::integer, 1)) virtual,
  state                text not null generated always as
    (coalesce(ended_as, case when breached_at is null then 'running' else 'breached' end)) virtual,
  constraint deadlines_pkey primary key (deadline_id),
  constraint key_is_told_once check (num_nonnulls(other_key, key_tail) <= 1),
  constraint calendars_are_told_once check (num_nonnulls(civil_version, other_calendars) = 1),
  constraint deadlines_owner_role_fkey foreign key (owner_role) references roles,
  constraint deadlines_limit_time_check check (limit_time ~ '^\d{2}:\d{2}(:\d{2})?$'),
  constraint deadlines_later_revision_check check (later_revision > 1),
  constraint deadlines_ended_as_check check (ended_as in ('met', 'met late', 'withdrawn', 'abandoned')),
  constraint deadlines_other_stop_days_check check (other_stop_days >= 0),
  constraint deadlines_other_limit_kind_check
    check (other_limit_kind in ('BUSINESS_HOURS', 'CALENDAR_DAYS', 'TRADING_DAYS', 'SETTLEMENT_DAYS', 'CLOCK_TIME')),
  constraint deadlines_other_channel_check check (other_channel ~ '^[A-Z]{2}$'),
  constraint breached_when_due check (ended_as is not null or breached_at >= due_at),
  constraint clock_limit_has_a_time check (coalesce(other_limit_kind = 'CLOCK_TIME', false) = (limit_time is not null)),
  constraint ended_by_somebody check ((ended_as is not null) = (ended_at is not null and ended_by is not null)),
  constraint limit_has_a_length check (limit_n >= case other_limit_kind when 'CLOCK_TIME' then 0 else 1 end),
  constraint met_in_time check (ended_as <> 'met' or ended_at <= due_at),
  constraint met_late check (ended_as <> 'met late' or ended_at > due_at),
  constraint rungs_are_instants check (length(rungs) % 5 in (0, 1, 2))
);
comment on table deadlines is 'Promises: who owes what by when. due_at and rungs were computed once, with the calendar version beside them.';
comment on column deadlines.subject is 'Business key of what is promised; never personal.';
comment on column deadlines.other_process is 'Type of the process that owes it, where that is no complaint.';
comment on column deadlines.other_workflow is 'Process that owes it, where it is not the one of its subject.';
comment on column deadlines.other_key is 'Its key of business, where that does not begin with process, step and subject.';
comment on column deadlines.key_tail is 'What its key of business has after process, step and subject; null where nothing.';
comment on column deadlines.opened_later_at is 'When it was given, where that was not at the receipt.';
comment on column deadlines.other_ladder is 'Terms of its ladder, where they are not those of promises.';
comment on column deadlines.other_limit_kind is 'What its limit counts, where that is not working days.';
comment on column deadlines.other_channel is 'Whose days and parameters hold, where that is not Shanghai.';
comment on column deadlines.other_stop_days is 'How many days its clock may stand in all, where that is not 30.';
comment on column deadlines.civil_version is 'Version of the civil calendar, where it rests on nothing else.';
comment on column deadlines.other_calendars is 'Calendars that it rests on with their versions, where that is not the civil one alone.';
comment on column deadlines.calendar_version is
  'Calendars that the instants rest on, with the versions that they were computed with: CIVIL 1, or SEHK 1, SSE 2. A corrected one computes them anew.';
comment on column deadlines.later_revision is 'Its revision from the second on.';
comment on column deadlines.revision is 'Grows with each new computation; a rung rings only for the revision that it was climbed with.';
comment on column deadlines.ended_as is 'met, met late. withdrawn: nothing is owed any more. abandoned: still owed, but its process has ended without it.';
comment on column deadlines.state is 'How it ended; open it is running, or breached.';
comment on column deadlines.breached_at is 'When the last rung rang unmet; kept when the promise is met late.';
comment on column deadlines.rungs is 'Instant of each rung, by its number, as `rung_instants` reads them; mostly without the last, which is due_at.';

-- ------------------------------------------------------------------------------------------------------- what stands is taken over

insert into deadlines (deadline_id, received_at, due_at, opened_later_at, breached_at, ended_at, limit_n, civil_version, other_stop_days, later_revision,
                       side, other_process, step, subject, other_workflow, other_key, key_tail, branch, owner_role, owner_team, owner_person,
                       other_ladder, other_limit_kind, limit_time, other_channel, other_calendars, ended_as, ended_by, rungs)
overriding system value
select deadline_id, received_at, due_at, opened_later_at, breached_at, ended_at, limit_n, civil_version_of(calendar_version),
       nullif(stopped_days_at_most, 30), nullif(revision, 1), side, nullif(process, 'complaint'), step, subject, other_workflow, other_key,
       nullif(key_tail, ''), branch, owner_role, owner_team, owner_person, other_ladder, nullif(limit_kind::text, 'BUSINESS_DAYS'), limit_time,
       nullif(channel::text, 'SH'), case when civil_version_of(calendar_version) is null then calendar_version end, ended_as, ended_by,
       rungs_kept(r.rungs, due_at)
  from deadlines_before join rungs_of_promises r using (deadline_id) order by deadline_id;
select setval('deadlines_deadline_id_seq', last_value, is_called) from deadlines_before_id_seq;
drop table deadlines_before, rungs_of_promises;

alter table deadline_changes add constraint deadline_changes_deadline_id_fkey foreign key (deadline_id) references deadlines;
alter table deadline_extensions add constraint deadline_extensions_deadline_id_fkey foreign key (deadline_id) references deadlines;
alter table deadline_stops add constraint deadline_stops_deadline_id_fkey foreign key (deadline_id) references deadlines;

create unique index promises_are_given_once on deadlines
  (promise_number(coalesce(other_key, coalesce(other_process, 'complaint') || '-' || step || ':' || subject || coalesce(key_tail, ''))),
   hashtextextended(coalesce(other_key, coalesce(other_process, 'complaint') || '-' || step || ':' || subject || coalesce(key_tail, '')), 0));
-- Those whose key does not bear the number of their process.
create index deadlines_of_other_number on deadlines (case_number(coalesce(other_workflow, coalesce(other_process, 'complaint') || ':' || subject)))
  where promise_number(coalesce(other_key, coalesce(other_process, 'complaint') || '-' || step || ':' || subject || coalesce(key_tail, '')))
        <> case_number(coalesce(other_workflow, coalesce(other_process, 'complaint') || ':' || subject));
create index deadlines_open on deadlines (due_at) where ended_at is null;
create index deadlines_by_rung on deadlines using gin (rung_minutes(rungs, due_at)) with (fastupdate = off) where ended_at is null;
create index deadlines_breached on deadlines (due_at, deadline_id) where breached_at is not null;
create index deadlines_ended on deadlines (due_at, deadline_id) where ended_at is not null;
create index deadlines_ended_by_process on deadlines (coalesce(other_process, 'complaint')) where ended_at is not null;
create index deadlines_ended_otherwise on deadlines (due_at, deadline_id)
  where ended_at is not null and coalesce(ended_as, case when breached_at is null then 'running' else 'breached' end) <> 'met';
grant select, insert, update on deadlines to southbound_app;
grant usage on sequence deadlines_deadline_id_seq to southbound_app;
alter table deadlines set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- ---------------------------------------------------------------------------------------------------------------- its earlier versions

alter table history.deadlines add column civil_version smallint, add column other_stop_days smallint, add column later_revision smallint,
  add column other_process text, add column other_limit_kind text, add column other_channel text, add column other_calendars text;
update history.deadlines d
   set civil_version = civil_version_of(calendar_version), other_stop_days = nullif(stopped_days_at_most, 30), later_revision = nullif(revision, 1),
       other_process = nullif(process, 'complaint'), other_limit_kind = nullif(limit_kind::text, 'BUSINESS_DAYS'),
       other_channel = nullif(channel::text, 'SH'), key_tail = nullif(key_tail, ''),
       other_calendars = case when civil_version_of(calendar_version) is null then calendar_version end, rungs = rungs_kept(r.rungs, d.due_at)
  from rungs_of_versions r where r.version = d.version;
drop table rungs_of_versions;
drop index history.deadlines_of_process;
alter table history.deadlines drop column workflow_id, drop column business_key, drop column calendar_version, drop column stopped_days_at_most,
  drop column revision, drop column process, drop column limit_kind, drop column channel;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'deadlines';
create index deadlines_of_process on history.deadlines using hash ((coalesce(other_workflow, coalesce(other_process, 'complaint') || ':' || subject)));
drop type kind_of_limit;

-- --------------------------------------------------------------------------------------------------------------- who is kept from what

create or replace function processes_kept_from(accounts text[]) returns table (workflow_id text)
language sql stable set search_path = public, pg_temp as $$
  with humans as materialized (select distinct p.natural_person as human from people p where p.person = any(accounts)),
  held as materialized (
    select g.role, g.side, g.branch, g.mark, p.natural_person as human
      from grants g join people p using (person)
     where daterange(g.valid_from, g.valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date),
  mine as materialized (select h.* from held h where h.human in (select human from humans)),
  -- superiors_of() from the other end.
  under_them as materialized (
    select own.human
      from mine join held own on own.role = mine.role and own.side is not distinct from mine.side and own.branch is not distinct from mine.branch
     where own.mark is distinct from 'head' and (mine.mark = 'head' or (mine.mark = 'deputy' and own.mark is null))
    union
    select own.human
      from mine join superiors_of_heads s on s.superior_role = mine.role and (s.superior_mark is null or mine.mark = s.superior_mark)
      join held own on own.role = s.role and own.mark = 'head'
     where s.keeps_from = 'all work' and daterange(s.valid_from, s.valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date),
  cases as materialized (
    select e.workflow_id from humans h join people p on p.natural_person = h.human join process_exclusions e using (person)
     where e.taken_back_at is null
    union
    select e.workflow_id from under_them u join people p on p.natural_person = u.human join process_exclusions e using (person)
     where e.cause = 'complained about' and e.taken_back_at is null
    union
    select c.workflow_id from complaints_of_own_people c where c.human in (select human from humans))
  select c.workflow_id from cases c
  union all
  select 'deadline-extension:' || x.extension_id
    from cases c
    join deadlines d on d.workflow_id = c.workflow_id
      and (promise_number(d.business_key) = case_number(c.workflow_id)
           or promise_number(d.business_key) <> case_number(d.workflow_id) and case_number(d.workflow_id) = case_number(c.workflow_id))
    join deadline_extensions x using (deadline_id)
  union all
  select 'head-office-' || c.workflow_id || ':' || cause from cases c, unnest(array['urgent', 'collective', 'reopened']) cause
   where c.workflow_id like 'complaint:%'
  union all
  select k.workflow_id from cases c join callbacks k on k.filed_with = c.workflow_id and k.purpose = 'complaint-answer'
  union all
  select i.workflow_id from cases c join inspections i on i.kind = 'complaints' and 'complaint:' || i.subject = c.workflow_id
  union all
  select i.workflow_id from cases c join callbacks k on k.filed_with = c.workflow_id and k.purpose = 'complaint-answer'
    join callback_attempts a using (callback_no) join inspections i on i.kind = 'calls' and i.subject = a.attempt_id::text
$$;

analyze deadlines;
analyze history.deadlines;
