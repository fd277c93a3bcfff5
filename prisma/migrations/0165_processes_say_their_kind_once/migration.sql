-- An id of a process says what kind of process it is and its key of business: `settlement-day:SH:2025-06-23`. Its type is kept only where it is not
-- the first in camel case. Kinds are a closed list, so whoever knows a key looks for the ids that all kinds would have with it: the index over
-- keys goes. What is fixed in length comes first, and columns are eight, so that no row has a longer list of what is null: 72 B of a complaint
-- instead of 88.

create function business_key_of(workflow_id text) returns text language sql immutable parallel safe
  return substr(workflow_id, strpos(workflow_id, ':') + 1);
comment on function business_key_of(text) is 'The id after the kind of process: settlement-day:SH:2025-06-23 -> SH:2025-06-23.';
create function type_of_id(workflow_id text) returns text language sql immutable parallel safe
  return lower(left(workflow_id, 1)) || substr(replace(initcap(split_part(workflow_id, ':', 1)), '-', ''), 2);
comment on function type_of_id(text) is 'What its kind is called in code: settlement-day:SH:2025-06-23 -> settlementDay. Of few processes this is not their type.';
create function ids_of_key(business_key text) returns text[] language sql immutable parallel safe
  return array(select kind || ':' || business_key from unnest(array[
    'appraisal', 'break-write-off', 'callback', 'commission-change', 'complaint', 'complaint-report', 'corporate-action', 'cushion-top-up',
    'deadline-extension', 'delegation', 'election-cut-change', 'head-office-complaint', 'inspection', 'institution-opening', 'overdraft-recovery',
    'parameter-change', 'permission-closing', 'permission-follow-up', 'permission-lifting', 'permission-opening', 'permission-suspension',
    'received-mail', 'retention-change', 'role-grant', 'sample', 'sample-tick', 'settlement-day', 'settlement-day-tick', 'settlement-postponement',
    'telephone-election', 'telephone-notice', 'trade-cancellation', 'yearly-complaint-report']) kind);
comment on function ids_of_key(text) is 'The ids that processes of all kinds have with this key of business, whether they are there or not.';

drop view as_of.processes, waiting_messages;
alter table waiting_starts drop constraint waiting_starts_workflow_id_fkey;
drop index processes_by_business_key, processes_open;
alter table processes drop constraint processes_pkey;
alter table processes rename to processes_before;

create table processes (
  opened_at     timestamptz not null default business_now(),
  registered_at timestamptz not null default clock_timestamp(),
  runs          integer not null default 0,
  closed        boolean not null default false,
  workflow_id   text not null,
  other_type    text,
  ended         text,
  type          text not null generated always as (coalesce(other_type,
                  lower(left(workflow_id, 1)) || substr(replace(initcap(split_part(workflow_id, ':', 1)), '-', ''), 2))) virtual,
  constraint processes_pkey primary key (workflow_id),
  constraint ended_when_closed check (closed or ended is null),
  constraint processes_ended_check check (ended in ('completed', 'failed', 'cancelled', 'terminated', 'timed out', 'not found')),
  constraint processes_runs_check check (runs >= 0)
) with (fillfactor = 90);
comment on table processes is 'Which processes belong to this book. Whoever starts a process registers it first.';
comment on column processes.runs is 'Runs that have registered. Whoever finds a run ended closes the row only where no other run has begun since.';
comment on column processes.ended is 'How the last run ended; nothing while it is open, and of rows closed before this was kept.';
comment on column processes.opened_at is 'On the business clock; registered_at is real time.';
comment on column processes.other_type is 'Its type, where that is not the kind in its id.';

insert into processes (opened_at, registered_at, runs, closed, workflow_id, other_type, ended)
select opened_at, registered_at, runs, closed, workflow_id, nullif(type, type_of_id(workflow_id)), ended
  from processes_before order by opened_at, workflow_id;
drop table processes_before;

-- As 0168 has it, which may have been first.
create index processes_open on processes (date_bin('1 hour', opened_at, timestamptz '2000-01-01T00:00:00Z')) where not closed;
alter table waiting_starts add constraint waiting_starts_workflow_id_fkey foreign key (workflow_id) references processes;
grant select, insert, update on processes to southbound_app;

alter table history.processes drop column business_key;
alter table history.processes rename type to other_type;
alter table history.processes alter other_type drop not null;
update history.processes set other_type = nullif(other_type, type_of_id(workflow_id)) where other_type = type_of_id(workflow_id);
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'processes';

create view waiting_messages as
select message_id, workflow_id, kind, created_at, attempts, payload from outbox where sent_at is null and kind in ('signal', 'start')
union all
select s.message_id, s.workflow_id, 'start', p.opened_at, s.attempts,
       coalesce(s.payload, start_of_complaint(business_key_of(p.workflow_id))) || jsonb_strip_nulls(jsonb_build_object('requestId', s.request_id))
  from waiting_starts s left join processes p using (workflow_id);
comment on view waiting_messages is 'Starts and signals that the engine has not taken yet.';
grant select on waiting_messages to southbound_app;

analyze processes;
