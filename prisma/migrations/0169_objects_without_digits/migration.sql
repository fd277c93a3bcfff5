-- Digits are those of ASCII, whatever the locale of the server takes for digits.
create or replace function case_number(workflow_id text) returns bigint language sql immutable parallel safe
  return left('0' || regexp_replace(coalesce(workflow_id, ''), '[^0-9]', '', 'g'), 18)::bigint;
create or replace function promise_number(business_key text) returns bigint language sql immutable parallel safe
begin atomic
  select case_number(regexp_replace(business_key, ':[0-9]{1,3}$', ''));
end;

-- Objects of many kinds have no digits, as persons and searches: by number they would all be one.
create function object_number(object_id text) returns bigint language sql immutable parallel safe
  return coalesce(nullif(case_number(object_id), 0), hashtextextended(object_id, 0));
comment on function object_number(text) is 'Digits of the key of an object; of one that has none, its digest. Rows of the audit are found by it.';
create function object_numbers(workflow_ids text[]) returns bigint[] language sql immutable parallel safe
  return array(select object_number(substr(id, strpos(id, ':') + 1)) from unnest(workflow_ids) id);
comment on function object_numbers(text[]) is 'The same of the objects whose processes these are.';
drop index audit_by_object;
create index audit_by_object on audit (object_number(object_id));
alter table audit drop constraint object_is_counted_by_its_number,
  add constraint object_is_found_by_its_process check (is_of_its_object is not true or strpos(object_type, ':') = 0);
analyze audit;

-- That it was registered at its receipt is written once, too: null would become a time.
create function registration_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  raise exception 'registered_at of complaints is written once' using errcode = 'check_violation', constraint = tg_name;
end $$;
create trigger registration_stays before update on complaints for each row
  when (old.registered_later_at is distinct from new.registered_later_at) execute function registration_stays();
