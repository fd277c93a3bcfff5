-- Whoever is kept out of a case reads nothing of it either: neither its tasks nor its callbacks.

create function processes_kept_from(accounts text[]) returns table (workflow_id text)
language sql stable set search_path = public, pg_temp as $$
  with humans as (select distinct p.natural_person as human from people p where p.person = any(accounts)),
  today as (select (business_now() at time zone 'Asia/Shanghai')::date as on_day),
  named as materialized (
    select e.workflow_id, p.natural_person as human, e.cause from process_exclusions e join people p using (person)),
  under_them as (
    select c.human from (select distinct human from named where cause = 'complained about') c, today
     where exists (select from superiors_of(c.human, today.on_day) s join people p using (person)
                    where s.keeps_from = 'all work' and p.natural_person in (select human from humans))),
  cases as materialized (
    select n.workflow_id from named n
     where n.human in (select human from humans) or (n.cause = 'complained about' and n.human in (select human from under_them))
    union
    select 'complaint:' || w.complaint_no from humans join people p on p.natural_person = humans.human
      join client_logins l using (person) join complainants w using (client_no))
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
comment on function processes_kept_from(text[]) is
  'The processes that the humans behind some accounts are kept out of, with those that work for them: kept_out_of() from the other end, for lists.';

create index callbacks_of_complaint on callbacks (filed_with) where purpose = 'complaint-answer';
