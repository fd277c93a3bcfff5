-- A call that is listened to belongs to the complaint that it was about: whoever is kept out of that listens to none of its calls. And
-- whoever was named as complained about by mistake, with the superiors, is kept out no more once that is taken back; the row stays.

alter table process_exclusions add column taken_back_by text, add column taken_back_at timestamptz,
  add constraint taken_back_by_somebody check ((taken_back_by is null) = (taken_back_at is null)),
  add constraint only_naming_is_taken_back check (taken_back_at is null or cause <> 'recused');
comment on column process_exclusions.taken_back_at is 'From then on it keeps nobody out: the person was named by mistake. Null: it stands.';
grant update (taken_back_by, taken_back_at) on process_exclusions to southbound_app;

create or replace function process_behind(workflow text) returns text
language sql stable set search_path = public, pg_temp as $$
  select coalesce(
    case when workflow ~ '^deadline-extension:\d+$' then
           (select d.workflow_id from deadline_extensions e join deadlines d using (deadline_id) where e.extension_id = substring(workflow from '\d+$')::bigint)
         when workflow ~ '^callback:complaint-answer:' then
           (select k.filed_with from callbacks k where k.callback_no = split_part(workflow, ':', 3))
         when workflow ~ '^inspection:complaints:' then
           (select 'complaint:' || i.subject from inspections i where i.workflow_id = workflow)
         when workflow ~ '^inspection:calls:' then
           (select k.filed_with from inspections i join callback_attempts a on a.attempt_id = i.subject::bigint join callbacks k using (callback_no)
             where i.workflow_id = workflow and k.purpose = 'complaint-answer')
         when workflow ~ '^head-office-complaint:T\d{8}-\d{6}:' then 'complaint:' || split_part(workflow, ':', 2) end,
    workflow)
$$;

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
     where e.taken_back_at is null
    union
    select e.workflow_id from under_them u join people p on p.natural_person = u.human join process_exclusions e using (person)
     where e.cause = 'complained about' and e.taken_back_at is null
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
  union all
  select i.workflow_id from cases c join callbacks k on k.filed_with = c.workflow_id and k.purpose = 'complaint-answer'
    join callback_attempts a using (callback_no) join inspections i on i.kind = 'calls' and i.subject = a.attempt_id::text
$$;

create or replace function kept_out_of(workflow text) returns table (human text, keeps_from text)
language sql stable set search_path = public, pg_temp as $$
  with today as (select (business_now() at time zone 'Asia/Shanghai')::date as on_day),
  behind as materialized (select process_behind(workflow) as workflow_id),
  named as (select natural_person(e.person) as human, e.cause from behind join process_exclusions e using (workflow_id) where e.taken_back_at is null)
  select k.human, k.keeps_from from named, today, kept_out_by(named.human, named.cause, today.on_day) k
  union
  select c.human, 'all work' from behind b join complaints_of_own_people c on c.complaint_no = substring(b.workflow_id from '^complaint:(.+)$')
$$;
