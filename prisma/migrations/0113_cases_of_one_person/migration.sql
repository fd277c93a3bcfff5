-- A list asks for the cases of one person: whom that person is over is asked once, in place of the superiors of everybody who is named in any case.
create index process_exclusions_by_person on process_exclusions (person);

create or replace function processes_kept_from(accounts text[]) returns table (workflow_id text)
language sql stable set search_path = public, pg_temp as $$
  with humans as materialized (select distinct p.natural_person as human from people p where p.person = any(accounts)),
  held as materialized (
    select g.role, g.side, g.branch, g.mark, p.natural_person as human
      from grants g join people p using (person)
     where daterange(g.valid_from, g.valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date),
  mine as materialized (select h.* from held h where h.human in (select human from humans)),
  -- superiors_of() from the other end.
  under_them as materialized (
    select own.human
      from mine join held own on own.role = mine.role and own.side is not distinct from mine.side and own.branch is not distinct from mine.branch
     where own.mark is distinct from 'head' and (mine.mark = 'head' or (mine.mark = 'deputy' and own.mark is null))
    union
    select own.human
      from mine join superiors_of_heads s on s.superior_role = mine.role and (s.superior_mark is null or mine.mark = s.superior_mark)
      join held own on own.role = s.role and own.mark = 'head'
     where s.keeps_from = 'all work' and daterange(s.valid_from, s.valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date),
  cases as materialized (
    select e.workflow_id from humans h join people p on p.natural_person = h.human join process_exclusions e using (person)
    union
    select e.workflow_id from under_them u join people p on p.natural_person = u.human join process_exclusions e using (person)
     where e.cause = 'complained about'
    union
    select c.workflow_id from complaints_of_own_people c where c.human in (select human from humans))
  select c.workflow_id from cases c
  union all
  select 'deadline-extension:' || x.extension_id from cases c join deadlines d using (workflow_id) join deadline_extensions x using (deadline_id)
  union all
  select 'head-office-' || c.workflow_id || ':' || cause from cases c, unnest(array['urgent', 'collective', 'reopened']) cause
   where c.workflow_id like 'complaint:%'
  union all
  select k.workflow_id from cases c join callbacks k on k.filed_with = c.workflow_id and k.purpose = 'complaint-answer'
  union all
  select i.workflow_id from cases c join inspections i on i.kind = 'complaints' and 'complaint:' || i.subject = c.workflow_id
$$;
