-- A promise says once what it is about: its process and its key follow from process, step and subject wherever they do, and are columns as
-- they were, which take no room. Its rungs are eight bytes each, its numbers two; what is fixed in length comes first, so nothing is padded.
-- Of its indexes those stay that are asked, and what is due is ordered by time alone: many are due at the end of the same day.

-- ---------------------------------------------------------------------------------------------------------------- rungs, kept small

create function rungs_kept(rungs jsonb) returns bytea language sql stable strict parallel safe as $$
  select coalesce((select string_agg(coalesce((select timestamptz_send((r ->> 'dueAt')::timestamptz) from jsonb_array_elements(rungs) r
                                                where (r ->> 'rung')::int = rung), timestamptz_send('-infinity')), '' order by rung)
                     from generate_series(1, (select max((r ->> 'rung')::int) from jsonb_array_elements(rungs) r)) rung), '')
$$;
comment on function rungs_kept(jsonb) is
  'Instants by the number of their rung, of [{"rung": 1, "dueAt": "..."}]: eight bytes each, as PostgreSQL sends instants, which are microseconds since 2000. A number without a rung has -infinity.';

create function rung_instants(kept bytea) returns timestamptz[] language sql immutable strict parallel safe as $$
  select array(select case when eight <> '\x8000000000000000' then
                        (timestamp '2000-01-01' + interval '1 microsecond' * eight::bigint) at time zone 'UTC' end
                 from generate_series(0, length(kept) / 8 - 1) place, lateral (select substring(kept from 8 * place + 1 for 8) as eight) e
                order by place)
$$;
comment on function rung_instants(bytea) is 'Instants by the number of their rung, as `rungs_kept` kept them; exact to the microsecond.';

create function rungs_of(kept bytea) returns jsonb language sql stable strict parallel safe as $$
  select coalesce(jsonb_agg(jsonb_build_object('rung', rung, 'dueAt', to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
                            order by rung), '[]')
    from unnest(rung_instants(kept)) with ordinality r(due_at, rung) where due_at is not null
$$;
comment on function rungs_of(bytea) is '[{"rung": 1, "dueAt": "..."}] of the instants by the number of their rung.';

create function rung_minutes(kept bytea) returns integer[] language sql immutable strict parallel safe
begin atomic
  select array(select distinct floor(extract(epoch from due_at) / 60)::integer from unnest(rung_instants(kept)) due_at where due_at is not null);
end;
comment on function rung_minutes(bytea) is 'Minutes, counted since 1970, in which a rung rings: what is due is found by them.';

-- ------------------------------------------------------------------------------------------------------------------------ the table

create type kind_of_limit as enum ('BUSINESS_DAYS', 'BUSINESS_HOURS', 'CALENDAR_DAYS', 'TRADING_DAYS', 'SETTLEMENT_DAYS', 'CLOCK_TIME');

drop view as_of.deadlines;
alter table deadline_changes drop constraint deadline_changes_deadline_id_fkey;
alter table deadline_extensions drop constraint deadline_extensions_deadline_id_fkey;
alter table deadline_stops drop constraint deadline_stops_deadline_id_fkey;
drop index deadlines_breached, deadlines_by_process, deadlines_by_rung, deadlines_ended, deadlines_of_process, deadlines_open;
alter table deadlines drop constraint deadlines_pkey, drop constraint promises_are_given_once;
alter sequence deadlines_deadline_id_seq rename to deadlines_before_id_seq;
alter table deadlines rename to deadlines_before;

create table deadlines (
  deadline_id          bigint not null generated always as identity,
  received_at          timestamptz not null,
  due_at               timestamptz not null,
  opened_at            timestamptz not null default business_now(),
  breached_at          timestamptz,
  ended_at             timestamptz,
  limit_kind           kind_of_limit not null,
  limit_n              smallint not null,
  stopped_days_at_most smallint not null,
  revision             smallint not null default 1,
  process              text not null,
  step                 text not null,
  subject              text not null,
  other_workflow       text,
  other_key            text,
  key_tail             text,
  side                 side_of_business,
  branch               text,
  owner_role           text not null,
  owner_team           text,
  owner_person         text,
  ladder               text not null,
  limit_time           text,
  channel              channel_code not null,
  calendar_version     text not null,
  state                text not null default 'running',
  ended_by             text,
  rungs                bytea not null,
  workflow_id          text not null generated always as (coalesce(other_workflow, process || ':' || subject)) virtual,
  business_key         text not null generated always as (coalesce(other_key, process || '-' || step || ':' || subject || key_tail)) virtual,
  constraint deadlines_pkey primary key (deadline_id),
  constraint promises_are_given_once exclude using hash ((coalesce(other_key, process || '-' || step || ':' || subject || key_tail)) with =),
  constraint key_is_told_once check (num_nonnulls(other_key, key_tail) = 1),
  constraint deadlines_owner_role_fkey foreign key (owner_role) references roles,
  constraint deadlines_limit_time_check check (limit_time ~ '^\d{2}:\d{2}(:\d{2})?$'),
  constraint deadlines_revision_check check (revision > 0),
  constraint deadlines_state_check check (state in ('running', 'breached', 'met', 'met late', 'withdrawn', 'abandoned')),
  constraint deadlines_stopped_days_at_most_check check (stopped_days_at_most >= 0),
  constraint breached_when_due check (state <> 'breached' or breached_at is not null and breached_at >= due_at),
  constraint clock_limit_has_a_time check ((limit_kind = 'CLOCK_TIME') = (limit_time is not null)),
  constraint ended_by_somebody
    check ((state in ('met', 'met late', 'withdrawn', 'abandoned')) = (ended_at is not null and ended_by is not null)),
  constraint limit_has_a_length check (limit_n >= case limit_kind when 'CLOCK_TIME' then 0 else 1 end),
  constraint met_in_time check (state <> 'met' or ended_at <= due_at),
  constraint met_late check (state <> 'met late' or ended_at > due_at),
  constraint rungs_are_instants check (length(rungs) % 8 = 0)
);
comment on table deadlines is 'Promises: who owes what by when. due_at and rungs were computed once, with the calendar version beside them.';
comment on column deadlines.subject is 'Business key of what is promised; never personal.';
comment on column deadlines.other_workflow is 'Process that owes it, where it is not the one of its subject.';
comment on column deadlines.other_key is 'Its key of business, where that does not begin with process, step and subject.';
comment on column deadlines.key_tail is 'What its key of business has after process, step and subject, often nothing.';
comment on column deadlines.calendar_version is
  'Calendars that the instants rest on, with the versions that they were computed with: CIVIL 1, or SEHK 1, SSE 2. A corrected one computes them anew.';
comment on column deadlines.revision is 'Grows with each new computation; a rung rings only for the revision that it was climbed with.';
comment on column deadlines.state is
  'running, breached: open. met, met late. withdrawn: nothing is owed any more. abandoned: still owed, but its process has ended without it.';
comment on column deadlines.breached_at is 'When the last rung rang unmet; kept when the promise is met late.';
comment on column deadlines.rungs is 'Instant of each rung, by its number, as `rung_instants` reads them.';

-- ------------------------------------------------------------------------------------------------------- what stands is taken over

create function rungs_taken_over(instants timestamptz[]) returns bytea language sql immutable as $$
  select coalesce(string_agg(timestamptz_send(coalesce(due_at, '-infinity')), '' order by rung), '') from unnest(instants) with ordinality r(due_at, rung)
$$;
create function tail_of_key(business_key text, begins_with text) returns text language sql immutable as $$
  select case when starts_with(business_key, begins_with) then substr(business_key, length(begins_with) + 1) end
$$;

insert into deadlines (deadline_id, received_at, due_at, opened_at, breached_at, ended_at, limit_kind, limit_n, stopped_days_at_most, revision,
                       process, step, subject, other_workflow, other_key, key_tail, side, branch, owner_role, owner_team, owner_person, ladder,
                       limit_time, channel, calendar_version, state, ended_by, rungs)
overriding system value
select deadline_id, received_at, due_at, opened_at, breached_at, ended_at, limit_kind::kind_of_limit, limit_n, stopped_days_at_most, revision,
       process, step, subject, nullif(workflow_id, process || ':' || subject), case when tail is null then business_key end, tail, side, branch,
       owner_role, owner_team, owner_person, ladder, limit_time, channel, calendar_version, state, ended_by, rungs_taken_over(rung_due_at)
  from deadlines_before, tail_of_key(business_key, process || '-' || step || ':' || subject) tail
 order by deadline_id;
select setval('deadlines_deadline_id_seq', last_value, is_called) from deadlines_before_id_seq;
drop table deadlines_before;

alter table deadline_changes add constraint deadline_changes_deadline_id_fkey foreign key (deadline_id) references deadlines;
alter table deadline_extensions add constraint deadline_extensions_deadline_id_fkey foreign key (deadline_id) references deadlines;
alter table deadline_stops add constraint deadline_stops_deadline_id_fkey foreign key (deadline_id) references deadlines;

create index deadlines_of_process on deadlines using hash ((coalesce(other_workflow, process || ':' || subject)));
create index deadlines_open on deadlines (due_at) where ended_at is null;
create index deadlines_by_rung on deadlines using gin (rung_minutes(rungs)) with (fastupdate = off) where ended_at is null;
create index deadlines_breached on deadlines (due_at, deadline_id) where breached_at is not null;
create index deadlines_ended on deadlines (due_at, deadline_id) where ended_at is not null;
-- What few have is looked for among all that have ended; those that are open are few enough to be read.
create index deadlines_ended_by_process on deadlines (process) where ended_at is not null;
create index deadlines_ended_otherwise on deadlines (due_at, deadline_id) where ended_at is not null and state <> 'met';
grant select, insert, update on deadlines to southbound_app;
grant usage on sequence deadlines_deadline_id_seq to southbound_app;
alter table deadlines set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- ---------------------------------------------------------------------------------------------------------------- its earlier versions

alter table history.deadlines add column other_workflow text, add column other_key text, add column key_tail text, add column rungs bytea;
update history.deadlines d
   set other_workflow = nullif(d.workflow_id, d.process || ':' || d.subject), other_key = case when tail is null then d.business_key end,
       key_tail = tail, rungs = rungs_taken_over(d.rung_due_at)
  from history.deadlines same, tail_of_key(same.business_key, same.process || '-' || same.step || ':' || same.subject) tail
 where same.version = d.version;
alter table history.deadlines drop column workflow_id, drop column business_key, drop column rung_due_at,
  alter column limit_kind type kind_of_limit using limit_kind::kind_of_limit;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'deadlines';
create index deadlines_of_process on history.deadlines using hash ((coalesce(other_workflow, process || ':' || subject)));

drop function rungs_taken_over(timestamptz[]), tail_of_key(text, text), rung_instants(jsonb), rungs_of(timestamptz[]), rung_minutes(timestamptz[]);
