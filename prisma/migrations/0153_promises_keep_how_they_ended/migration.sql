-- A promise keeps how it ended, and not what follows from that: open it runs, or is breached from the instant of its breach on. When it was given
-- is kept where that is not its receipt, its ladder where that is not the one of promises, and of its rungs those before it is due, which is when
-- the last one rings.

do $$ begin
  if exists (select from deadlines where state = 'running' and breached_at is not null
             union all select from history.deadlines where state = 'running' and breached_at is not null) then
    raise exception 'a promise runs and was breached';
  end if;
end $$;

-- What says when a row began may follow from it, and a trigger does not see that.
create or replace function history.keep_versions_of(kept history.kept_tables) returns void language plpgsql as $$
declare
  kept_as text := 'history.' || quote_ident(kept.table_name);
  here text; shown text; mine text; theirs text; same text; unchanged text; begun text; missing record; is_new boolean := to_regclass(kept_as) is null;
begin
  if is_new then
    execute format('create table %s (version bigint primary key default nextval(''history.version''),
                      version_from timestamptz not null, version_to timestamptz, check (version_from <= version_to))', kept_as);
  end if;
  execute format('drop view if exists as_of.%I', kept.table_name);
  -- What follows from something else by now is made anew; a column that was written stays until a migration has kept what it said.
  for missing in
    select a.attname, format_type(a.atttypid, a.atttypmod) as type, follows.expression, h.attgenerated = 'v' as follows_otherwise
      from pg_attribute a
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated = 'v'
      left join pg_attribute h on h.attrelid = kept_as::regclass and h.attname = a.attname
      left join pg_attrdef k on k.adrelid = h.attrelid and k.adnum = h.attnum and h.attgenerated = 'v',
      lateral (select pg_get_expr(d.adbin, d.adrelid) as expression) follows
     where a.attrelid = format('public.%I', kept.table_name)::regclass and a.attnum > 0 and not a.attisdropped
       and (h.attname is null or pg_get_expr(k.adbin, k.adrelid) is distinct from follows.expression)
     order by a.attgenerated, a.attnum
  loop
    if missing.follows_otherwise then execute format('alter table %s drop column %I', kept_as, missing.attname); end if;
    execute format('alter table %s add column %I %s %s', kept_as, missing.attname, missing.type,
                   'generated always as (' || missing.expression || ') virtual');
  end loop;
  -- What follows from a row is shown, and neither written nor compared: a trigger does not see it.
  select string_agg(quote_ident(attname), ', ' order by attnum),
         string_agg(quote_ident(attname), ', ' order by attnum) filter (where attgenerated <> 'v'),
         string_agg('new.' || quote_ident(attname), ', ' order by attnum) filter (where attgenerated <> 'v'),
         string_agg('old.' || quote_ident(attname), ', ' order by attnum) filter (where attgenerated <> 'v')
    into shown, here, theirs, mine from pg_attribute
    where attrelid = format('public.%I', kept.table_name)::regclass and attnum > 0 and not attisdropped;
  select string_agg(format('h.%1$I = old.%1$I', name), ' and ') into same from unnest(kept.key_columns) as name;
  if kept.counted <> '{}' then
    select format('if tg_op = ''UPDATE'' and (%s) is not distinct from (%s) then return null; end if;',
                  string_agg('old.' || quote_ident(attname), ', ' order by attnum), string_agg('new.' || quote_ident(attname), ', ' order by attnum))
      into unchanged from pg_attribute
      where attrelid = format('public.%I', kept.table_name)::regclass and attnum > 0 and not attisdropped and attgenerated <> 'v'
        and attname <> all (kept.counted);
  end if;
  select case when a.attgenerated = 'v' then format('(select %s from (select old.*) began)', pg_get_expr(d.adbin, d.adrelid))
              else 'old.' || quote_ident(a.attname) end
    into begun from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = format('public.%I', kept.table_name)::regclass and a.attname = kept.begun_at;
  if is_new then
    execute format('create unique index on %s (%s) where version_to is null', kept_as, array_to_string(kept.key_columns, ', '));
    execute format('create index on %s (%s)', kept_as, array_to_string(kept.key_columns, ', '));
    execute format('create index on %s (%s)', kept_as, array_to_string(kept.found_by, ', '));
    -- What was before is not known: these rows are seen from now on.
    execute format('insert into %1$s (version_from, version_to, %2$s)
                    select now_from, case when %4$L is not null then now_from end, %2$s
                      from public.%3$I, coalesce(business_now(), clock_timestamp()) now_from',
                   kept_as, here, kept.table_name, kept.begun_at);
  end if;
  if kept.begun_at is null then
    execute format($trigger$
      create or replace function history.%1$I() returns trigger language plpgsql security definer set search_path = public, pg_temp as $body$
      declare new_version_from timestamptz := coalesce(business_now(), clock_timestamp()); -- no column is named so
      begin
        %6$s
        if tg_op <> 'INSERT' then
          update %2$s h set version_to = greatest(new_version_from, h.version_from) where h.version_to is null and %3$s;
        end if;
        if tg_op <> 'DELETE' then insert into %2$s (version_from, %4$s) values (new_version_from, %5$s); end if;
        return null;
      end $body$
      $trigger$, 'keep_' || kept.table_name, kept_as, same, here, theirs,
      coalesce(unchanged, ''));
    execute format('create view as_of.%I as select %s from %s where version_from <= as_of.instant() and (version_to is null or as_of.instant() < version_to)',
                   kept.table_name, shown, kept_as);
  else
    execute format($trigger$
      create or replace function history.%1$I() returns trigger language plpgsql security definer set search_path = public, pg_temp as $body$
      declare old_version_from timestamptz; -- no column is named so
      begin
        %6$s
        old_version_from := coalesce((select max(h.version_to) from %2$s h where %3$s), %7$s);
        insert into %2$s (version_from, version_to, %4$s)
        values (old_version_from, greatest(old_version_from, coalesce(business_now(), clock_timestamp())), %5$s);
        return null;
      end $body$
      $trigger$, 'keep_' || kept.table_name, kept_as, same, here, mine,
      coalesce(unchanged, ''), begun);
    execute format('create view as_of.%1$I as
                      select %2$s from %3$s where version_from <= as_of.instant() and as_of.instant() < version_to
                      union all
                      select %2$s from public.%1$I old
                       where coalesce((select max(h.version_to) from %3$s h where %4$s), old.%5$I) <= as_of.instant()',
                   kept.table_name, shown, kept_as, same, kept.begun_at);
  end if;
  execute format('revoke all on function history.%I() from public', 'keep_' || kept.table_name);
  execute format('create or replace trigger zz_keep_versions after %2$s on public.%1$I
                    for each row execute function history.%3$I()',
                 kept.table_name, case when kept.begun_at is null then 'insert or update or delete' else 'update or delete' end,
                 'keep_' || kept.table_name);
  execute format('grant select on %s, as_of.%I to southbound_app', kept_as, kept.table_name);
end $$;

-- ---------------------------------------------------------------------------------------------------------------- rungs, kept small

drop index deadlines_by_rung;
drop function rung_minutes(bytea), rungs_of(bytea), rung_instants(bytea), rungs_kept(jsonb);

create function rungs_until(instants bytea, due_at timestamptz) returns bytea language sql stable strict parallel safe as $$
  select case when substring(instants from length(instants) - 7) = timestamptz_send(due_at) then substring(instants for length(instants) - 8)
              else instants || timestamptz_send('infinity') end
$$;
comment on function rungs_until(bytea, timestamptz) is
  'Instants by the number of their rung, without the last where that is due_at; others end with infinity, which is no rung.';

create function rungs_kept(rungs jsonb, due_at timestamptz) returns bytea language sql stable strict parallel safe as $$
  select rungs_until(coalesce(string_agg(coalesce((select timestamptz_send((r ->> 'dueAt')::timestamptz) from jsonb_array_elements(rungs) r
                                                    where (r ->> 'rung')::int = rung), timestamptz_send('-infinity')), '' order by rung), ''), due_at)
    from generate_series(1, (select max((r ->> 'rung')::int) from jsonb_array_elements(rungs) r)) rung
$$;
comment on function rungs_kept(jsonb, timestamptz) is
  'Instants by the number of their rung, of [{"rung": 1, "dueAt": "..."}]: eight bytes each, as PostgreSQL sends instants, which are microseconds since 2000. A number without a rung has -infinity; the last one is not kept where it is due_at.';

create function rung_instants(kept bytea, due_at timestamptz) returns timestamptz[] language sql immutable strict parallel safe as $$
  select array(select case when eight <> '\x8000000000000000' then
                        (timestamp '2000-01-01' + interval '1 microsecond' * eight::bigint) at time zone 'UTC' end
                 from generate_series(0, length(kept) / 8 - 1) place, lateral (select substring(kept from 8 * place + 1 for 8) as eight) e
                where eight <> '\x7fffffffffffffff' order by place)
         || case when substring(kept from length(kept) - 7) = '\x7fffffffffffffff' then '{}' else array[due_at] end
$$;
comment on function rung_instants(bytea, timestamptz) is 'Instants by the number of their rung, as `rungs_kept` kept them; exact to the microsecond.';

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
  other_ladder         text,
  limit_time           text,
  channel              channel_code not null,
  calendar_version     text not null,
  ended_as             text,
  ended_by             text,
  rungs                bytea not null,
  workflow_id          text not null generated always as (coalesce(other_workflow, process || ':' || subject)) virtual,
  business_key         text not null generated always as (coalesce(other_key, process || '-' || step || ':' || subject || key_tail)) virtual,
  opened_at            timestamptz not null generated always as (coalesce(opened_later_at, received_at)) virtual,
  ladder               text not null generated always as (coalesce(other_ladder, 'PROMISE')) virtual,
  state                text not null generated always as
    (coalesce(ended_as, case when breached_at is null then 'running' else 'breached' end)) virtual,
  constraint deadlines_pkey primary key (deadline_id),
  constraint promises_are_given_once exclude using hash
    ((coalesce(other_key, process || '-' || step || ':' || subject || key_tail)) with =) with (fillfactor = 100),
  constraint key_is_told_once check (num_nonnulls(other_key, key_tail) = 1),
  constraint deadlines_owner_role_fkey foreign key (owner_role) references roles,
  constraint deadlines_limit_time_check check (limit_time ~ '^\d{2}:\d{2}(:\d{2})?$'),
  constraint deadlines_revision_check check (revision > 0),
  constraint deadlines_ended_as_check check (ended_as in ('met', 'met late', 'withdrawn', 'abandoned')),
  constraint deadlines_stopped_days_at_most_check check (stopped_days_at_most >= 0),
  constraint breached_when_due check (ended_as is not null or breached_at >= due_at),
  constraint clock_limit_has_a_time check ((limit_kind = 'CLOCK_TIME') = (limit_time is not null)),
  constraint ended_by_somebody check ((ended_as is not null) = (ended_at is not null and ended_by is not null)),
  constraint limit_has_a_length check (limit_n >= case limit_kind when 'CLOCK_TIME' then 0 else 1 end),
  constraint met_in_time check (ended_as <> 'met' or ended_at <= due_at),
  constraint met_late check (ended_as <> 'met late' or ended_at > due_at),
  constraint rungs_are_instants check (length(rungs) % 8 = 0)
);
comment on table deadlines is 'Promises: who owes what by when. due_at and rungs were computed once, with the calendar version beside them.';
comment on column deadlines.subject is 'Business key of what is promised; never personal.';
comment on column deadlines.other_workflow is 'Process that owes it, where it is not the one of its subject.';
comment on column deadlines.other_key is 'Its key of business, where that does not begin with process, step and subject.';
comment on column deadlines.key_tail is 'What its key of business has after process, step and subject, often nothing.';
comment on column deadlines.opened_later_at is 'When it was given, where that was not at the receipt.';
comment on column deadlines.other_ladder is 'Terms of its ladder, where they are not those of promises.';
comment on column deadlines.calendar_version is
  'Calendars that the instants rest on, with the versions that they were computed with: CIVIL 1, or SEHK 1, SSE 2. A corrected one computes them anew.';
comment on column deadlines.revision is 'Grows with each new computation; a rung rings only for the revision that it was climbed with.';
comment on column deadlines.ended_as is 'met, met late. withdrawn: nothing is owed any more. abandoned: still owed, but its process has ended without it.';
comment on column deadlines.state is 'How it ended; open it is running, or breached.';
comment on column deadlines.breached_at is 'When the last rung rang unmet; kept when the promise is met late.';
comment on column deadlines.rungs is 'Instant of each rung, by its number, as `rung_instants` reads them; mostly without the last, which is due_at.';

-- ------------------------------------------------------------------------------------------------------- what stands is taken over

insert into deadlines (deadline_id, received_at, due_at, opened_later_at, breached_at, ended_at, limit_kind, limit_n, stopped_days_at_most, revision,
                       process, step, subject, other_workflow, other_key, key_tail, side, branch, owner_role, owner_team, owner_person, other_ladder,
                       limit_time, channel, calendar_version, ended_as, ended_by, rungs)
overriding system value
select deadline_id, received_at, due_at, nullif(opened_at, received_at), breached_at, ended_at, limit_kind, limit_n, stopped_days_at_most, revision,
       process, step, subject, other_workflow, other_key, key_tail, side, branch, owner_role, owner_team, owner_person, nullif(ladder, 'PROMISE'),
       limit_time, channel, calendar_version, case when state not in ('running', 'breached') then state end, ended_by, rungs_until(rungs, due_at)
  from deadlines_before order by deadline_id;
select setval('deadlines_deadline_id_seq', last_value, is_called) from deadlines_before_id_seq;
drop table deadlines_before;

alter table deadline_changes add constraint deadline_changes_deadline_id_fkey foreign key (deadline_id) references deadlines;
alter table deadline_extensions add constraint deadline_extensions_deadline_id_fkey foreign key (deadline_id) references deadlines;
alter table deadline_stops add constraint deadline_stops_deadline_id_fkey foreign key (deadline_id) references deadlines;

create index deadlines_of_process on deadlines (coalesce(other_workflow, process || ':' || subject));
create index deadlines_open on deadlines (due_at) where ended_at is null;
create index deadlines_by_rung on deadlines using gin (rung_minutes(rungs, due_at)) with (fastupdate = off) where ended_at is null;
create index deadlines_breached on deadlines (due_at, deadline_id) where breached_at is not null;
create index deadlines_ended on deadlines (due_at, deadline_id) where ended_at is not null;
create index deadlines_ended_by_process on deadlines (process) where ended_at is not null;
create index deadlines_ended_otherwise on deadlines (due_at, deadline_id)
  where ended_at is not null and coalesce(ended_as, case when breached_at is null then 'running' else 'breached' end) <> 'met';
grant select, insert, update on deadlines to southbound_app;
grant usage on sequence deadlines_deadline_id_seq to southbound_app;
alter table deadlines set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- ---------------------------------------------------------------------------------------------------------------- its earlier versions

alter table history.deadlines add column opened_later_at timestamptz, add column other_ladder text, add column ended_as text;
update history.deadlines
   set opened_later_at = nullif(opened_at, received_at), other_ladder = nullif(ladder, 'PROMISE'),
       ended_as = case when state not in ('running', 'breached') then state end, rungs = rungs_until(rungs, due_at);
alter table history.deadlines drop column opened_at, drop column ladder, drop column state;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'deadlines';

analyze deadlines;
analyze history.deadlines;
