-- An event tells half a million holders at once. Of a message its template is looked up once a statement instead of once a row, and a message
-- of no day stands in no index of days.

create function told_by_templates() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare unknown text;
begin
  select a.template || ' ' || a.template_version into unknown
    from (select distinct template, template_version from added where template is not null and template_version is not null) a
   where not exists (select from message_templates t where t.template = a.template and t.version = a.template_version) limit 1;
  if found then
    raise exception 'a message of the unknown template %', unknown using errcode = 'foreign_key_violation', constraint = tg_name;
  end if;
  return null;
end $$;
alter table outbox drop constraint outbox_template_template_version_fkey;
create trigger messages_have_their_template after insert on outbox referencing new table as added
  for each statement execute function told_by_templates();

drop index outbox_of_day;
create index outbox_of_day on outbox (channel, business_date, message_id) where kind = 'notice' and business_date is not null;
