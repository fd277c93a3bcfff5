-- A message is its template and its facts. The version of a template is written once, and so are the facts of a message: its text follows
-- from both, so no row keeps it in two languages. Texts of messages that no template wrote there are none of.
do $$ begin
  if exists (select from outbox where text_zh <> '' and (template is null or template_version is null)) then
    raise exception 'the outbox holds texts that no template wrote';
  end if;
end $$;

drop trigger message_stays_as_told on outbox;
create or replace function code_is_forgotten() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.facts := new.facts || '{"code": "******"}';
  return new;
end $$;
alter table outbox drop column subject_zh, drop column subject_en, drop column text_zh, drop column text_en;
create trigger message_stays_as_told before update on outbox for each row
  when (old.kind = 'notice' and old.state <> 'blocked' and old.template is distinct from 'ONE_TIME_CODE')
  execute function is_written_once('message_key', 'recipient_role', 'recipient_mark', 'recipient_ref', 'workflow_id', 'case_key', 'purpose',
    'template', 'template_version', 'facts', 'side', 'branch', 'created_at');
