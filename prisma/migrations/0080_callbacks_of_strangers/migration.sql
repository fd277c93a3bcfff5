-- Who complains and is no client is called back as clients are: within the hours, three attempts on three days, by nobody who had a hand in
-- it. What is heard in a call besides the answers has consequences of its own.

alter table callbacks alter column client_no drop not null;
alter table callbacks add constraint called_is_known check (client_no is not null or purpose = 'complaint-answer');
comment on column callbacks.client_no is 'Null: who complained and is no client; name and telephone stand with the complaint, which is the subject.';

create or replace function caller_is_nobody_concerned() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare caller text := to_jsonb(new) ->> tg_argv[0]; called text;
begin
  called := coalesce(to_jsonb(new) ->> 'callback_no',
                     (select a.callback_no from callback_attempts a where a.attempt_id = (to_jsonb(new) ->> 'attempt_id')::bigint));
  perform 1
    from callbacks k left join registered_clients c using (client_no)
   where k.callback_no = called
     and (natural_person(c.account_manager) = natural_person(caller)
          or exists (select from callback_hands h where h.callback_no = called and natural_person(h.person) = natural_person(caller)));
  if found then
    raise exception 'whoever is concerned does not call back' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;

alter table callback_consequences drop constraint callback_consequences_cause_check;
alter table callback_consequences add constraint callback_consequences_cause_check
  check (cause in ('doubtful', 'doubt', 'refused', 'unreachable', 'wrong number'));
comment on column callback_consequences.cause is 'doubtful: the callback ended so, by an answer or by doubt; doubt: what was heard besides the answers.';

alter table complaint_documents drop constraint complaint_documents_kind_check;
alter table complaint_documents add constraint complaint_documents_kind_check
  check (kind in ('attachment', 'mail', 'evidence', 'file', 'callback record', 'call recording'));
