-- The proposal names whoever made it; the case, whoever handles it. A deputy proposes for an absent handler, and a case changes hands while others
-- decide: the handler would have been the checker.

create function handlers_of_level(complaint text) returns table (human text)
language sql stable set search_path = public, pg_temp as $$
  select natural_person(c.handler) from complaints c where c.complaint_no = complaint and c.handler is not null
  union
  select natural_person(coalesce(s.detail #>> '{handler,person}', s.detail ->> 'handler'))
    from complaint_steps s
   where s.complaint_no = complaint and s.act in ('assign', 'follow group', 'hand over')
     and s.step_id > coalesce((select max(r.step_id) from complaint_steps r where r.complaint_no = complaint and r.act = 'reopen'), 0)
$$;
comment on function handlers_of_level(text) is 'The humans who were named as handlers of a complaint since it was received, or reopened.';

create function handler_is_no_checker() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  perform 1
    from tasks t join complaint_proposals p on p.proposal_id = case when t.subject_kind = 'complaint proposal' then t.subject_id::bigint end
    cross join lateral handlers_of_level(p.complaint_no) h
   where t.task_id = new.task_id and h.human in (natural_person(new.checker), natural_person(new.checker_for));
  if found then
    raise exception 'whoever handles a complaint approves nothing of it' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;

create trigger handler_is_no_checker before insert on approvals for each row execute function handler_is_no_checker();
