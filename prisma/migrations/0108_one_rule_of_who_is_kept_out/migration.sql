-- Who is kept out of a case was said twice, for one case and for a list: now each part is said once, and both ask it.

create function kept_out_by(named text, cause text, on_day date) returns table (human text, keeps_from text)
language sql stable set search_path = public, pg_temp as $$
  select named, 'all work'
  union
  select natural_person(s.person), s.keeps_from from superiors_of(named, on_day) s where cause = 'complained about'
$$;
comment on function kept_out_by(text, text, date) is
  'Whom one entry of process_exclusions keeps out on a day: the human who is named, and of one who is complained about the superiors too.';

create view complaints_of_own_people as
  select 'complaint:' || w.complaint_no as workflow_id, p.natural_person as human
    from complainants w join client_logins l using (client_no) join people p on p.person = l.person;
comment on view complaints_of_own_people is 'Complaints by clients who have an account of the house: they do no work of their own complaint.';
grant select on complaints_of_own_people to southbound_app;

create or replace function process_behind(workflow text) returns text language sql stable set search_path = public, pg_temp as $$
  select coalesce(
    case when workflow ~ '^deadline-extension:\d+$' then
           (select d.workflow_id from deadline_extensions e join deadlines d using (deadline_id) where e.extension_id = substring(workflow from '\d+$')::bigint)
         when workflow ~ '^callback:complaint-answer:' then
           (select k.filed_with from callbacks k where k.callback_no = split_part(workflow, ':', 3))
         when workflow ~ '^inspection:complaints:' then
           (select 'complaint:' || i.subject from inspections i where i.workflow_id = workflow)
         when workflow ~ '^head-office-complaint:T\d{8}-\d{6}:' then 'complaint:' || split_part(workflow, ':', 2) end,
    workflow)
$$;

create or replace function kept_out_of(workflow text) returns table (human text, keeps_from text)
language sql stable set search_path = public, pg_temp as $$
  with today as (select (business_now() at time zone 'Asia/Shanghai')::date as on_day),
  named as (select natural_person(e.person) as human, e.cause from process_exclusions e where e.workflow_id = process_behind(workflow))
  select k.human, k.keeps_from from named, today, kept_out_by(named.human, named.cause, today.on_day) k
  union
  select c.human, 'all work' from complaints_of_own_people c where c.workflow_id = process_behind(workflow)
$$;

create or replace function processes_kept_from(accounts text[]) returns table (workflow_id text)
language sql stable set search_path = public, pg_temp as $$
  with humans as (select distinct p.natural_person as human from people p where p.person = any(accounts)),
  today as (select (business_now() at time zone 'Asia/Shanghai')::date as on_day),
  named as materialized (
    select e.workflow_id, p.natural_person as human, e.cause from process_exclusions e join people p using (person)),
  -- Asked once for whoever is named, in however many cases.
  against_them as (
    select n.human, n.cause from (select distinct human, cause from named) n, today
     where exists (select from kept_out_by(n.human, n.cause, today.on_day) k
                    where k.keeps_from = 'all work' and k.human in (select human from humans))),
  cases as materialized (
    select n.workflow_id from named n join against_them using (human, cause)
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
