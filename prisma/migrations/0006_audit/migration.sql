-- The audit proven and searched: seals that are verified in sets, anchors outside of the database, and of which process a row is.

-- ------------------------------------------------------------------------------------------------- chain and anchors

-- No version was released with seals of the older form: the sealer covers every row again, from the first.
drop table audit_seals;
create table audit_seals (
  seal_no     bigint primary key check (seal_no > 0),
  seen        pg_snapshot not null,
  sealed_at   timestamptz not null,
  seqs        bigint[] not null,
  row_digests bytea[] not null,
  rows_total  bigint not null,
  highest_seq bigint not null,
  previous    bytea not null,
  digest      bytea not null unique,
  check (cardinality(seqs) > 0 and cardinality(seqs) = cardinality(row_digests))
);
comment on table audit_seals is
  'The chain over the audit: each seal holds the rows whose transactions its snapshot sees and the seal before did not.';
comment on column audit_seals.sealed_at is 'Begin of the sealer''s transaction, before its snapshot.';
comment on column audit_seals.rows_total is 'Rows of this seal and all before it; highest_seq: the highest number among them.';
comment on column audit_seals.digest is
  'SHA-256 of the binary form of the other columns in their order, as record_send writes it; of a row likewise (row_digests).';

create table audit_anchors (
  anchor_no   bigint generated always as identity primary key,
  seal_no     bigint not null,
  digest      bytea not null,
  anchored_at timestamptz not null default clock_timestamp()
);
comment on table audit_anchors is
  'When which seal was written to the anchors outside of the database: says what is due, proves nothing.';

-- --------------------------------------------------------------------------------------------------------- search

alter table audit add column workflow_id text, add column business_key text;
comment on column audit.workflow_id is 'Process in which it was done; business_key: that of the process, or of the object.';

create index audit_by_actor on audit (actor, seq);
create index audit_by_principal on audit (on_behalf_of, seq) where on_behalf_of is not null;
create index audit_by_process on audit (workflow_id, seq) where workflow_id is not null;
create index audit_by_business_key on audit (business_key, seq) where business_key is not null;
create index audit_by_object on audit (object_id, seq);
create index audit_by_action on audit (action, seq);
create index audit_refused on audit (seq) where outcome = 'refused';
create index audit_by_time on audit (at, seq);

-- ------------------------------------------------------------------------------------- what it looked like at an instant

create schema history;
comment on schema history is 'Every version of the rows of processes and tasks, each from when to when. Written by triggers only.';
create schema as_of;
comment on schema as_of is 'The tables of processes as they were at the instant southbound.as_of: read instead of those of the same names.';

create table history.kept_tables (
  table_name  text primary key,
  key_columns text[] not null,
  found_by    text[] not null
);
comment on table history.kept_tables is 'Tables whose versions are kept: the key of a row, and by what readers look for rows.';
insert into history.kept_tables values
  ('processes',           '{workflow_id}',                                 '{type}'),
  ('settlement_days',     '{channel, business_date}',                      '{workflow_id}'),
  ('day_steps',           '{channel, business_date, step}',                '{channel, business_date}'),
  ('figures',             '{figure_id}',                                   '{channel, business_date}'),
  ('orders',              '{order_id}',                                    '{channel, business_date}'),
  ('checkpoints',         '{channel, business_date, side, checkpoint}',    '{channel, business_date}'),
  ('settlement_defaults', '{channel, business_date, side}',                '{channel, business_date}'),
  ('tasks',               '{task_id}',                                     '{workflow_id}'),
  ('ladder_rungs',        '{workflow_id, ladder, rung, subject, round}',   '{workflow_id}');
create sequence history.version;

create function as_of.instant() returns timestamptz language sql stable parallel safe as
$$ select current_setting('southbound.as_of')::timestamptz $$;
comment on function as_of.instant() is 'On the business clock. Where a clock stands, the last version of an instant is the one that is seen.';

create function history.keep_versions_of(kept history.kept_tables) returns void language plpgsql as $$
declare
  kept_as text := 'history.' || quote_ident(kept.table_name);
  here text; theirs text; same text; missing record; is_new boolean := to_regclass(kept_as) is null;
begin
  if is_new then
    execute format('create table %s (version bigint primary key default nextval(''history.version''),
                      valid_from timestamptz not null, valid_to timestamptz, check (valid_from <= valid_to))', kept_as);
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
  if is_new then
    execute format('create unique index on %s (%s) where valid_to is null', kept_as, array_to_string(kept.key_columns, ', '));
    execute format('create index on %s (%s)', kept_as, array_to_string(kept.key_columns, ', '));
    execute format('create index on %s (%s)', kept_as, array_to_string(kept.found_by, ', '));
    -- What was before is not known: these rows are seen from now on.
    execute format('insert into %1$s (valid_from, %2$s) select coalesce(business_now(), clock_timestamp()), %2$s from public.%3$I',
                   kept_as, here, kept.table_name);
  end if;
  execute format($trigger$
    create or replace function history.%1$I() returns trigger language plpgsql security definer set search_path = public, pg_temp as $body$
    declare new_version_from timestamptz := coalesce(business_now(), clock_timestamp()); -- no column is named so
    begin
      if tg_op <> 'INSERT' then
        update %2$s h set valid_to = greatest(new_version_from, h.valid_from) where h.valid_to is null and %3$s;
      end if;
      if tg_op <> 'DELETE' then insert into %2$s (valid_from, %4$s) values (new_version_from, %5$s); end if;
      return null;
    end $body$
    $trigger$, 'keep_' || kept.table_name, kept_as, same, here, theirs);
  execute format('revoke all on function history.%I() from public', 'keep_' || kept.table_name);
  execute format('create or replace trigger zz_keep_versions after insert or update or delete on public.%I
                    for each row execute function history.%I()', kept.table_name, 'keep_' || kept.table_name);
  execute format('drop view if exists as_of.%I', kept.table_name);
  execute format('create view as_of.%I as select %s from %s where valid_from <= as_of.instant() and (valid_to is null or as_of.instant() < valid_to)',
                 kept.table_name, here, kept_as);
  execute format('grant select on %s, as_of.%I to southbound_app', kept_as, kept.table_name);
end $$;

create function history.keep_versions() returns void language plpgsql as $$
begin
  perform history.keep_versions_of(k) from history.kept_tables k order by table_name;
end $$;
comment on function history.keep_versions() is
  'Brings versions, triggers and views to the columns that the tables have now. Run after every migration (prisma/migrate.ts).';
revoke all on function history.keep_versions(), history.keep_versions_of(history.kept_tables) from public;
select history.keep_versions();

create view as_of.figure_terms as select * from public.figure_terms;
comment on view as_of.figure_terms is 'Written with their figure and never changed: whoever finds the figure finds its terms.';

-- ---------------------------------------------------------------------------------------------------------- grants

-- When and in which transaction a row was written, only the database says.
revoke insert on audit from southbound_app;
grant insert (actor, on_behalf_of, role, action, outcome, object_type, object_id, reason, before, after, request_id, workflow_id, business_key)
  on audit to southbound_app;
grant select, insert on audit_seals, audit_anchors to southbound_app;
grant usage on schema history, as_of to southbound_app;
grant select on as_of.figure_terms to southbound_app;
grant execute on function as_of.instant() to southbound_app;
