-- A start that the engine has taken needs no message any more: the process stands in the book, once and for ever, and knows when it was
-- opened; its history knows what it was started with. Starts that may come again (a day, an event) keep theirs, which is counted.
create function start_is_done(done bigint) returns boolean language sql security definer set search_path = public, pg_temp as $$
  with gone as (
    delete from outbox o where o.message_id = done and o.kind = 'start' and o.message_key = 'start:' || o.workflow_id
       and exists (select from processes p where p.workflow_id = o.workflow_id)
    returning 1)
  select exists (select from gone);
$$;
comment on function start_is_done(bigint) is
  'Takes the start of a process that is started once out of the outbox, after the engine has taken it; answers whether it was such a one. No other message can be taken out.';
revoke all on function start_is_done(bigint) from public;
grant execute on function start_is_done(bigint) to southbound_app;

delete from outbox o where o.kind = 'start' and o.sent_at is not null and o.message_key = 'start:' || o.workflow_id
   and exists (select from processes p where p.workflow_id = o.workflow_id);

-- That a task was opened says the task itself, with its first version: whose it was, and of which revision. Lines that say otherwise stay.
delete from task_events e using tasks t
 where e.task_id = t.task_id and e.kind = 'opened' and e.at = t.opened_at
   and e.event_id = (select min(f.event_id) from task_events f where f.task_id = e.task_id)
   and (e.revision, coalesce(e.given_to, '')) = (
     select v.revision, coalesce(v.claimed_by, '')
       from (select h.revision, h.claimed_by, h.version from history.tasks h where h.task_id = t.task_id
             union all select t.revision, t.claimed_by, null) v order by v.version limit 1);
comment on table task_events is 'Who did what with a task after it was opened, in order; never changed.';
