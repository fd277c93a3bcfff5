-- What an open promise takes is halved where it said things twice, and what is due is found without its process: a rung of ten thousand
-- promises that are due in one minute is recorded by whoever looks, not by ten thousand processes one after the other.

-- --------------------------------------------------------------------------------------------------- instants of the rungs

create function rung_instants(rungs jsonb) returns timestamptz[] language sql stable strict parallel safe as $$
  select array(select (select (r ->> 'dueAt')::timestamptz from jsonb_array_elements(rungs) r where (r ->> 'rung')::int = rung)
                 from generate_series(1, (select max((r ->> 'rung')::int) from jsonb_array_elements(rungs) r)) rung order by rung)
$$;
comment on function rung_instants(jsonb) is 'Instants by the number of their rung, of [{"rung": 1, "dueAt": "..."}]: a third of its size.';

create function rungs_of(instants timestamptz[]) returns jsonb language sql stable strict parallel safe as $$
  select coalesce(jsonb_agg(jsonb_build_object('rung', rung, 'dueAt', to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
                            order by rung), '[]')
    from unnest(instants) with ordinality r(due_at, rung) where due_at is not null
$$;
comment on function rungs_of(timestamptz[]) is '[{"rung": 1, "dueAt": "..."}] of the instants by the number of their rung.';

create function rung_minutes(instants timestamptz[]) returns integer[] language sql immutable strict parallel safe as $$
  select array(select distinct floor(extract(epoch from due_at) / 60)::integer from unnest(instants) due_at where due_at is not null)
$$;
comment on function rung_minutes(timestamptz[]) is 'Minutes, counted since 1970, in which a rung rings: what is due is found by them.';

alter table deadlines add column rung_due_at timestamptz[];
alter table history.deadlines add column rung_due_at timestamptz[];
alter table deadlines disable trigger zz_keep_versions;
update deadlines set rung_due_at = rung_instants(rungs);
update history.deadlines set rung_due_at = rung_instants(rungs);
alter table deadlines enable trigger zz_keep_versions;
alter table deadlines alter column rung_due_at set not null;
comment on column deadlines.rung_due_at is 'Instant of each rung, by its number.';
drop view as_of.deadlines;
alter table deadlines drop column rungs;
alter table history.deadlines drop column rungs;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'deadlines';

create index deadlines_by_rung on deadlines using gin (rung_minutes(rung_due_at)) with (fastupdate = off) where ended_at is null;

-- ------------------------------------------------------------------------------------------------- versions that say nothing

-- How often a process has begun anew is no state that anybody asks for as of an instant: it is no version of its own.
alter table history.kept_tables add column counted text[] not null default '{}';
comment on column history.kept_tables.counted is 'Columns that only count: a change of them alone is no version, and a version has them as they stood when it began.';
update history.kept_tables set counted = '{runs}' where table_name = 'processes';
create or replace function history.keep_versions_of(kept history.kept_tables) returns void language plpgsql as $$
declare
  kept_as text := 'history.' || quote_ident(kept.table_name);
  here text; theirs text; same text; unchanged text; missing record; is_new boolean := to_regclass(kept_as) is null;
begin
  if is_new then
    execute format('create table %s (version bigint primary key default nextval(''history.version''),
                      version_from timestamptz not null, version_to timestamptz, check (version_from <= version_to))', kept_as);
  end if;
  for missing in
    select a.attname, format_type(a.atttypid, a.atttypmod) as type from pg_attribute a
    where a.attrelid = format('public.%I', kept.table_name)::regclass and a.attnum > 0 and not a.attisdropped
      and not exists (select from pg_attribute h where h.attrelid = kept_as::regclass and h.attname = a.attname)
    order by a.attnum
  loop
    execute format('alter table %s add column %I %s', kept_as, missing.attname, missing.type);
  end loop;
  select string_agg(quote_ident(attname), ', ' order by attnum), string_agg('new.' || quote_ident(attname), ', ' order by attnum)
    into here, theirs from pg_attribute
    where attrelid = format('public.%I', kept.table_name)::regclass and attnum > 0 and not attisdropped;
  select string_agg(format('h.%1$I = old.%1$I', name), ' and ') into same from unnest(kept.key_columns) as name;
  if kept.counted <> '{}' then
    select format('if tg_op = ''UPDATE'' and (%s) is not distinct from (%s) then return null; end if;',
                  string_agg('old.' || quote_ident(attname), ', ' order by attnum), string_agg('new.' || quote_ident(attname), ', ' order by attnum))
      into unchanged from pg_attribute
      where attrelid = format('public.%I', kept.table_name)::regclass and attnum > 0 and not attisdropped and attname <> all (kept.counted);
  end if;
  if is_new then
    execute format('create unique index on %s (%s) where version_to is null', kept_as, array_to_string(kept.key_columns, ', '));
    execute format('create index on %s (%s)', kept_as, array_to_string(kept.key_columns, ', '));
    execute format('create index on %s (%s)', kept_as, array_to_string(kept.found_by, ', '));
    -- What was before is not known: these rows are seen from now on.
    execute format('insert into %1$s (version_from, %2$s) select coalesce(business_now(), clock_timestamp()), %2$s from public.%3$I',
                   kept_as, here, kept.table_name);
  end if;
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
  execute format('revoke all on function history.%I() from public', 'keep_' || kept.table_name);
  execute format('create or replace trigger zz_keep_versions after insert or update or delete on public.%I
                    for each row execute function history.%I()', kept.table_name, 'keep_' || kept.table_name);
  execute format('drop view if exists as_of.%I', kept.table_name);
  execute format('create view as_of.%I as select %s from %s where version_from <= as_of.instant() and (version_to is null or as_of.instant() < version_to)',
                 kept.table_name, here, kept_as);
  execute format('grant select on %s, as_of.%I to southbound_app', kept_as, kept.table_name);
end $$;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'processes';

-- -------------------------------------------------------------------------------------------------------- time in the audit

-- Rows come in the order of their time: where a time begins is known by the block. The rows of a time are sorted by their number anyway.
drop index audit_by_time;
create index audit_by_time on audit using brin (at) with (pages_per_range = 16, autosummarize = on);

-- -------------------------------------------------------------------------------------------- revoked again under its key

alter table delegations add column revoke_key text;
comment on column delegations.revoke_key is 'Person and key of the request that revoked it: whoever repeats it because the answer was lost is answered the same.';
alter table grants add column revoke_key text;
comment on column grants.revoke_key is 'As of delegations.';
grant update (revoke_key) on delegations, grants to southbound_app;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'delegations';
