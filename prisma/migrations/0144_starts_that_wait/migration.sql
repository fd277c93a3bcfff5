-- A start that waits for the engine is written, sent and gone: among messages that stay it left holes of 600 B. In a table of its own it is one
-- row and one entry of an index, and once nothing waits the table is empty. What follows from a case is not written again.
create table waiting_starts (
  message_id bigint primary key default nextval('outbox_message_id_seq'),
  workflow_id text not null references processes,
  payload jsonb,
  request_id text,
  attempts integer not null default 0,
  last_error text
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 100);
comment on table waiting_starts is 'Starts of processes that are started once, until the engine has taken them. Starts that may come again (a day, an event) stand in the outbox, which counts them.';
comment on column waiting_starts.message_id is 'Of one sequence with the outbox: a process is told everything in one order.';
comment on column waiting_starts.payload is 'What it is started with; null: that follows from the row of its case.';
comment on column waiting_starts.request_id is 'Request on whose behalf it was asked for.';
grant select, insert, update on waiting_starts to southbound_app;

create function start_of_complaint(no text) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'type', 'complaint', 'args', jsonb_build_array(jsonb_build_object('complaintNo', complaint_no)), 'summary', '投诉 ' || complaint_no || ' complaint',
    'attributes', jsonb_strip_nulls(jsonb_build_object(
      'ProcessType', 'complaint', 'BusinessKey', complaint_no, 'BusinessDate', to_date(substr(complaint_no, 2, 8), 'YYYYMMDD')::text, 'Branch', branch)))
    from complaints where complaint_no = no
$$;
comment on function start_of_complaint(text) is 'What the process of a complaint is started with: all of it follows from the complaint.';

-- Whoever asks for neither time nor payload reads no processes.
create view waiting_messages as
select message_id, workflow_id, kind, created_at, attempts, payload from outbox where sent_at is null and kind in ('signal', 'start')
union all
select s.message_id, s.workflow_id, 'start', p.opened_at, s.attempts,
       coalesce(s.payload, start_of_complaint(p.business_key)) || jsonb_strip_nulls(jsonb_build_object('requestId', s.request_id))
  from waiting_starts s left join processes p using (workflow_id);
comment on view waiting_messages is 'Starts and signals that the engine has not taken yet.';
grant select on waiting_messages to southbound_app;

with moved as (
  delete from outbox o where o.kind = 'start' and o.sent_at is null and o.message_key = 'start:' || o.workflow_id
     and exists (select from processes p where p.workflow_id = o.workflow_id)
  returning message_id, workflow_id, payload, attempts, last_error)
insert into waiting_starts (message_id, workflow_id, payload, request_id, attempts, last_error)
select message_id, workflow_id, payload - 'requestId', payload ->> 'requestId', attempts, last_error from moved;

create or replace function start_is_done(done bigint) returns boolean language sql security definer set search_path = public, pg_temp as $$
  with gone as (delete from waiting_starts where message_id = done returning 1)
  select exists (select from gone);
$$;
comment on function start_is_done(bigint) is 'Takes out a start that waited, after the engine has taken it; answers whether there was one.';
