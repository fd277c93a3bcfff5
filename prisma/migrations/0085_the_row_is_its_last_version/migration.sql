-- Of what was never changed there is no second copy: the row itself is its last version, from where the version before it ended, or from
-- where it began. So a promise, a task, a complaint and a process cost what they are, and a change writes one row instead of two.

alter table processes add column opened_at timestamptz;
alter table history.processes add column opened_at timestamptz;
alter table processes disable trigger zz_keep_versions;
update processes p set opened_at = coalesce((select min(version_from) from history.processes h where h.workflow_id = p.workflow_id), registered_at);
update history.processes h set opened_at = (select opened_at from processes p where p.workflow_id = h.workflow_id);
alter table processes enable trigger zz_keep_versions;
alter table processes alter column opened_at set default business_now(), alter column opened_at set not null;
comment on column processes.opened_at is 'On the business clock; registered_at is real time.';

alter table history.kept_tables add column begun_at text;
comment on column history.kept_tables.begun_at is
  'Column that says when a row began, on the business clock, and never changes: the row is its own last version. Without one each version is a row of the history.';
update history.kept_tables set begun_at = case table_name when 'complaints' then 'registered_at' else 'opened_at' end
 where table_name in ('processes', 'tasks', 'deadlines', 'complaints');

create or replace function history.keep_versions_of(kept history.kept_tables) returns void language plpgsql as $$
declare
  kept_as text := 'history.' || quote_ident(kept.table_name);
  here text; mine text; theirs text; same text; unchanged text; last_from text; missing record; is_new boolean := to_regclass(kept_as) is null;
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
  select string_agg(quote_ident(attname), ', ' order by attnum), string_agg('new.' || quote_ident(attname), ', ' order by attnum),
         string_agg('old.' || quote_ident(attname), ', ' order by attnum)
    into here, theirs, mine from pg_attribute
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
    execute format('insert into %1$s (version_from, version_to, %2$s)
                    select now_from, case when %4$L is not null then now_from end, %2$s
                      from public.%3$I, coalesce(business_now(), clock_timestamp()) now_from',
                   kept_as, here, kept.table_name, kept.begun_at);
  end if;
  execute format('drop view if exists as_of.%I', kept.table_name);
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
                   kept.table_name, here, kept_as);
  else
    execute format($trigger$
      create or replace function history.%1$I() returns trigger language plpgsql security definer set search_path = public, pg_temp as $body$
      declare old_version_from timestamptz; -- no column is named so
      begin
        %6$s
        old_version_from := coalesce((select max(h.version_to) from %2$s h where %3$s), old.%7$I);
        insert into %2$s (version_from, version_to, %4$s)
        values (old_version_from, greatest(old_version_from, coalesce(business_now(), clock_timestamp())), %5$s);
        return null;
      end $body$
      $trigger$, 'keep_' || kept.table_name, kept_as, same, here, mine,
      coalesce(unchanged, ''), kept.begun_at);
    execute format('create view as_of.%1$I as
                      select %2$s from %3$s where version_from <= as_of.instant() and as_of.instant() < version_to
                      union all
                      select %2$s from public.%1$I old
                       where coalesce((select max(h.version_to) from %3$s h where %4$s), old.%5$I) <= as_of.instant()',
                   kept.table_name, here, kept_as, same, kept.begun_at);
  end if;
  execute format('revoke all on function history.%I() from public', 'keep_' || kept.table_name);
  execute format('create or replace trigger zz_keep_versions after %2$s on public.%1$I
                    for each row execute function history.%3$I()',
                 kept.table_name, case when kept.begun_at is null then 'insert or update or delete' else 'update or delete' end,
                 'keep_' || kept.table_name);
  execute format('grant select on %s, as_of.%I to southbound_app', kept_as, kept.table_name);
end $$;

-- What stands in the history of what stands in the row: gone, where the row says since when it does; where it cannot, an empty version says so.
do $$
declare kept history.kept_tables; same text;
begin
  for kept in select * from history.kept_tables where begun_at is not null loop
    select string_agg(format('b.%1$I = h.%1$I', name), ' and ') into same from unnest(kept.key_columns) as name;
    execute format('delete from history.%1$I h where version_to is null
                       and (exists (select from history.%1$I b where %2$s and b.version_to = h.version_from)
                            or h.version_from - h.%3$I between interval ''0'' and interval ''1 second'')', kept.table_name, same, kept.begun_at);
    execute format('update history.%I set version_to = version_from where version_to is null', kept.table_name);
    perform history.keep_versions_of(kept);
  end loop;
end $$;
