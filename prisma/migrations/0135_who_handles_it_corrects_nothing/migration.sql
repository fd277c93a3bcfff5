-- To which account a compensation is paid is part of what is decided about the complaint: whoever handles it does not approve that either.

create or replace function handler_is_no_checker() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  perform 1
    from tasks t
    left join payee_corrections x on x.correction_id = case when t.subject_kind = 'payee correction' then t.subject_id::bigint end
    join complaint_proposals p on p.proposal_id = case when t.subject_kind = 'complaint proposal' then t.subject_id::bigint else x.proposal_id end
    cross join lateral handlers_of_level(p.complaint_no) h
   where t.task_id = new.task_id and h.human in (natural_person(new.checker), natural_person(new.checker_for));
  if found then
    raise exception 'whoever handles a complaint approves nothing of it' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;
