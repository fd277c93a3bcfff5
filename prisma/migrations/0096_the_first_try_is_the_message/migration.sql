-- Most messages are accepted by the first channel at the first try. That try is said by the message itself: on which channel, and under which
-- reference; when is `sent_at`. Every other try has its row, as it had.

alter table outbox add column accepted_on message_channel, add column reference text,
  add constraint accepted_when_sent check (accepted_on is null or sent_at is not null),
  add constraint reference_of_acceptance check (reference is null or accepted_on is not null);
comment on column outbox.accepted_on is 'Channel that accepted it at its first try, at sent_at; null: it was not, and its tries are in message_attempts.';

create trigger first_try_is_written_once before update on outbox for each row when (old.accepted_on is not null)
  execute function is_written_once('accepted_on', 'reference', 'sent_at');

-- Tries of before: the only ones of their message, the first step, at the time that the message says.
alter table outbox disable trigger user;
with first_try as (
  delete from message_attempts a using outbox m
   where m.message_id = a.message_id and a.outcome = 'accepted' and a.step = 1 and a.at = m.sent_at
     and not exists (select from message_attempts o where o.message_id = a.message_id and o.attempt_id < a.attempt_id)
  returning a.message_id, a.channel, a.reference)
update outbox m set accepted_on = f.channel, reference = f.reference from first_try f where f.message_id = m.message_id;
alter table outbox enable trigger user;

create view message_tries as
  select message_id, 0::bigint as attempt_id, 1 as step, accepted_on as channel, sent_at as at, 'accepted' as outcome, reference, null::text as code
    from outbox where accepted_on is not null
  union all
  select message_id, attempt_id, step, channel, at, outcome, reference, code from message_attempts;
comment on view message_tries is 'Every try to bring a message, the first one too where the message itself says it.';
grant select on message_tries to southbound_app;
comment on table message_attempts is 'Tries to bring a message, for ever; a first one that was accepted at once is said by the message (message_tries has all).';
