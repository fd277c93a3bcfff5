-- Keys by which a request of a person is known again, and what became of the rows of bulks: what was done before is found done.

-- ------------------------------------------------------------------------------------------------------ many at once

alter table task_bulks add column request_sha256 text;
comment on column task_bulks.request_sha256 is 'Digest of what was asked for: the same key with something else is refused.';

alter table task_bulk_rows
  add column failures integer not null default 0,
  add column request_id text;
comment on column task_bulk_rows.attempt is
  'Counts the times that people asked; tries: calls in the attempt that ended without a result; failures: those of them in which the process itself failed.';
comment on column task_bulk_rows.request_id is 'Request of the newest attempt; none: that of the bulk.';
-- What has been tried least comes first: a process that does not answer holds up nobody.
drop index task_bulk_rows_waiting;
create index task_bulk_rows_waiting on task_bulk_rows (tries, bulk_id, place) where state = 'waiting';

-- ----------------------------------------------------------------------------------------------- what was asked before

alter table task_comments add column comment_key text unique;
comment on column task_comments.comment_key is 'Person and key of the request: the same is the same comment.';

create table parameter_change_requests (
  request_key    text primary key,
  change_id      bigint not null references parameter_changes,
  revision       integer not null,
  request_sha256 text not null,
  unique (change_id, revision)
);
comment on table parameter_change_requests is
  'By which request of whom a revision of a change was asked for, the first one included: the same request is the same revision.';

create index audit_refused_by_request on audit (request_id) where outcome = 'refused';
create index idempotency_under_way on idempotency (created_at) where status is null;
comment on index idempotency_under_way is 'Requests that have no answer yet: few beside those that have one.';

-- --------------------------------------------------------------------------------------------------- what was typed

create table typed_texts (
  text_id  bigint generated always as identity primary key,
  about    text not null,
  field    text not null,
  sha256   text not null,
  text     text not null check (text <> ''),
  typed_at timestamptz not null default business_now(),
  unique (about, field, sha256)
);
comment on table typed_texts is
  'What people typed freely into forms and reasons, which may name clients: processes carry references to it, so that no history holds it.';

-- --------------------------------------------------------------------------------------------------------- directory

-- For whom a hand acted counts like the hand itself.
alter table role_grants add column granted_for text, add column approved_for text;
drop trigger role_grant_maker_is_no_checker on role_grants;
create trigger role_grant_maker_is_no_checker before insert or update on role_grants for each row
  execute function maker_is_no_checker('person', 'requested_by', 'granted_by granted_for', 'approved_by approved_for');
drop trigger role_grant_is_written_once on role_grants;
create trigger role_grant_is_written_once before update on role_grants for each row
  execute function is_written_once('granted_by', 'granted_for', 'granted_at', 'approved_by', 'approved_for', 'approved_at', 'ended_by', 'ended_at');

-- ------------------------------------------------------------------------------------------------------------ grants

grant select, insert on parameter_change_requests, typed_texts to southbound_app;
grant update (failures, request_id) on task_bulk_rows to southbound_app;
grant update (granted_for, approved_for) on role_grants to southbound_app;
grant usage on all sequences in schema public to southbound_app;

-- ------------------------------------------------------------------------------- what it looked like at an instant

-- Tables that are dated themselves have a validity of their own: the one of a version is called otherwise.
do $$
declare kept text;
begin
  for kept in select table_name from history.kept_tables loop
    execute format('alter table history.%I rename column valid_from to version_from', kept);
    execute format('alter table history.%I rename column valid_to to version_to', kept);
  end loop;
end $$;
create or replace function history.keep_versions_of(kept history.kept_tables) returns void language plpgsql as $$
declare
  kept_as text := 'history.' || quote_ident(kept.table_name);
  here text; theirs text; same text; missing record; is_new boolean := to_regclass(kept_as) is null;
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
      if tg_op <> 'INSERT' then
        update %2$s h set version_to = greatest(new_version_from, h.version_from) where h.version_to is null and %3$s;
      end if;
      if tg_op <> 'DELETE' then insert into %2$s (version_from, %4$s) values (new_version_from, %5$s); end if;
      return null;
    end $body$
    $trigger$, 'keep_' || kept.table_name, kept_as, same, here, theirs);
  execute format('revoke all on function history.%I() from public', 'keep_' || kept.table_name);
  execute format('create or replace trigger zz_keep_versions after insert or update or delete on public.%I
                    for each row execute function history.%I()', kept.table_name, 'keep_' || kept.table_name);
  execute format('drop view if exists as_of.%I', kept.table_name);
  execute format('create view as_of.%I as select %s from %s where version_from <= as_of.instant() and (version_to is null or as_of.instant() < version_to)',
                 kept.table_name, here, kept_as);
  execute format('grant select on %s, as_of.%I to southbound_app', kept_as, kept.table_name);
end $$;

insert into history.kept_tables values
  ('parameter_changes',   '{change_id}',            '{code, change_id}'),
  ('role_grants',         '{role_grant_id}',        '{person, role_grant_id}'),
  ('delegations',         '{delegation_id}',        '{delegate, delegation_id}'),
  ('deadlines',           '{deadline_id}',          '{workflow_id}'),
  ('deadline_stops',      '{stop_id}',              '{deadline_id}'),
  ('deadline_extensions', '{extension_id}',         '{deadline_id}'),
  ('permission_requests', '{request_no}',           '{client_no}'),
  ('parameters',          '{code, channel, valid_from}', '{code}'),
  ('fee_rates',           '{code, valid_from}',     '{code}');
select history.keep_versions();

create view as_of.deadline_changes as select * from public.deadline_changes where at <= as_of.instant();
create view as_of.permission_steps as select * from public.permission_steps where at <= as_of.instant();
create view as_of.approvals as select * from public.approvals where decided_at <= as_of.instant();
comment on view as_of.permission_steps is 'Written once and never changed, like changes of promises and approvals: what had been written by then.';
grant select on as_of.deadline_changes, as_of.permission_steps, as_of.approvals to southbound_app;
