-- Whoever is kept out of a complaint is kept out of what follows from it: its callback. Who is appraised decides nothing of it.
-- Who complains may be known as a client only later.

create or replace function process_behind(workflow text) returns text language sql stable set search_path = public, pg_temp as $$
  select coalesce(
    case when workflow ~ '^deadline-extension:\d+$' then
           (select d.workflow_id from deadline_extensions e join deadlines d using (deadline_id) where e.extension_id = substring(workflow from '\d+$')::bigint)
         when workflow ~ '^callback:complaint-answer:' then
           (select k.filed_with from callbacks k where k.callback_no = split_part(workflow, ':', 3))
         when workflow ~ '^head-office-complaint:T\d{8}-\d{6}:' then 'complaint:' || split_part(workflow, ':', 2) end,
    workflow)
$$;

create or replace function caller_is_nobody_concerned() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare caller text := to_jsonb(new) ->> tg_argv[0]; called text;
begin
  called := coalesce(to_jsonb(new) ->> 'callback_no',
                     (select a.callback_no from callback_attempts a where a.attempt_id = (to_jsonb(new) ->> 'attempt_id')::bigint));
  perform 1
    from callbacks k left join registered_clients c using (client_no)
   where k.callback_no = called
     and (natural_person(c.account_manager) = natural_person(caller)
          or exists (select from callback_hands h where h.callback_no = called and natural_person(h.person) = natural_person(caller))
          or exists (select from kept_out_of(k.workflow_id) o where o.keeps_from = 'all work' and o.human = natural_person(caller)));
  if found then
    raise exception 'whoever is concerned does not call back' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;

-- ------------------------------------------------------------------------------------------------------------- appraisals

insert into process_exclusions (workflow_id, person, cause, entered_by)
  select a.workflow_id, p.person, 'recused', a.asked_by from appraisals a join people p on p.person = a.subject
   where a.subject_kind = 'person' and a.state <> 'approved' on conflict do nothing;

create function checker_is_not_kept_out() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform 1 from tasks t, kept_out_of(t.workflow_id) o
   where t.task_id = new.task_id and o.keeps_from = 'all work' and o.human in (natural_person(new.checker), natural_person(new.checker_for));
  if found then
    raise exception 'whoever is kept out of a case approves nothing of it' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;
create trigger checker_is_not_kept_out before insert on approvals for each row execute function checker_is_not_kept_out();

-- ------------------------------------------------------------------------------------------------------------ who complains

grant update (client_no, fund_account) on complainants to southbound_app;
