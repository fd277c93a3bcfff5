-- Urgent, collective and reopened complaints are taken up by the head office the same day (facts 6.2).

alter table complaints add column urgency text not null default 'ordinary' check (urgency in ('ordinary', 'urgent'));
comment on column complaints.urgency is 'As whoever received or registered it says; an urgent one is taken up by the head office the same day.';
grant update (urgency) on complaints to southbound_app;

create or replace function process_behind(workflow text) returns text language sql stable set search_path = public, pg_temp as $$
  select coalesce(
    case when workflow ~ '^deadline-extension:\d+$' then
           (select d.workflow_id from deadline_extensions e join deadlines d using (deadline_id) where e.extension_id = substring(workflow from '\d+$')::bigint)
         when workflow ~ '^head-office-complaint:T\d{8}-\d{6}:' then 'complaint:' || split_part(workflow, ':', 2) end,
    workflow)
$$;
