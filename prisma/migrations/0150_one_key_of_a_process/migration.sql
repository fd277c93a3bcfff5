-- The business key of a process is its id after the name, and the process of a complaint bears the number: neither is written twice.

do $$ begin
  if exists (select from processes where business_key <> substr(workflow_id, strpos(workflow_id, ':') + 1)) then
    raise exception 'a process has a business key that is not in its id';
  end if;
end $$;

drop view as_of.processes, waiting_messages;
alter table processes drop column business_key;
alter table processes add column business_key text not null generated always as (substr(workflow_id, strpos(workflow_id, ':') + 1)) virtual;
comment on column processes.business_key is 'The id after the name of the process.';
alter table history.processes drop column business_key;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'processes';
create view waiting_messages as
select message_id, workflow_id, kind, created_at, attempts, payload from outbox where sent_at is null and kind in ('signal', 'start')
union all
select s.message_id, s.workflow_id, 'start', p.opened_at, s.attempts,
       coalesce(s.payload, start_of_complaint(p.business_key)) || jsonb_strip_nulls(jsonb_build_object('requestId', s.request_id))
  from waiting_starts s left join processes p using (workflow_id);
comment on view waiting_messages is 'Starts and signals that the engine has not taken yet.';
grant select on waiting_messages to southbound_app;

create index processes_by_business_key on processes using hash (substr(workflow_id, strpos(workflow_id, ':') + 1));

-- Whoever looks which of the open ones have ended goes by when they were opened.
drop index processes_open;
create index processes_open on processes (opened_at) where not closed;
-- Each is counted when it begins, within seconds after it was registered: that row stays in its place.
alter table processes set (fillfactor = 90);

do $$ begin
  if exists (select from complaints where workflow_id <> 'complaint:' || complaint_no) then
    raise exception 'a complaint has a process of another number';
  end if;
end $$;

drop view as_of.complaints;
alter table complaints drop column workflow_id;
alter table complaints add column workflow_id text not null generated always as ('complaint:' || complaint_no) virtual;
comment on column complaints.workflow_id is 'Each has one process, which bears its number.';
alter table history.complaints drop column workflow_id;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'complaints';
create index complaints_of_process on complaints using hash (('complaint:' || complaint_no));
