-- A column that follows from others of its row (`generated always as (...) virtual`) takes no room and is no part of what a version
-- writes: the history has it likewise, so an earlier row still shows it. Rows with all their columns are the same as they were.

create or replace function history.keep_versions_of(kept history.kept_tables) returns void language plpgsql as $$
declare
  kept_as text := 'history.' || quote_ident(kept.table_name);
  here text; shown text; mine text; theirs text; same text; unchanged text; missing record; is_new boolean := to_regclass(kept_as) is null;
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
                   kept.table_name, shown, kept_as, same, kept.begun_at);
  end if;
  execute format('revoke all on function history.%I() from public', 'keep_' || kept.table_name);
  execute format('create or replace trigger zz_keep_versions after %2$s on public.%1$I
                    for each row execute function history.%3$I()',
                 kept.table_name, case when kept.begun_at is null then 'insert or update or delete' else 'update or delete' end,
                 'keep_' || kept.table_name);
  execute format('grant select on %s, as_of.%I to southbound_app', kept_as, kept.table_name);
end $$;
