-- A message says once what it is about. Its key follows from its template and the number of its process where it does, its case is mostly its
-- process, whoever complains without being a client is reached by the number of the complaint, and what is told of a complaint names it: all
-- of it reads as before, and takes no room. What is fixed in length comes first, so nothing is padded.

drop view waiting_messages, message_tries, message_proofs;
alter table message_attempts drop constraint message_attempts_message_id_fkey;
alter table message_fall_overs drop constraint message_fall_overs_message_id_fkey;
alter table message_receipts drop constraint message_receipts_message_id_fkey;
alter table received_mails drop constraint received_mails_reported_message_fkey;
drop index outbox_blocked, outbox_by_mail, outbox_by_role, outbox_by_state, outbox_due, outbox_of_case, outbox_of_day, outbox_of_other_case,
  outbox_of_process, outbox_of_recipient, outbox_unsent;
alter table outbox drop constraint outbox_pkey, drop constraint messages_are_told_once;
alter table waiting_starts alter message_id drop default;
alter sequence outbox_message_id_seq rename to outbox_before_id_seq;
alter table outbox rename to outbox_before;

create table outbox (
  message_id       bigint not null generated always as identity,
  created_at       timestamptz not null default business_now(),
  sent_at          timestamptz,
  due_at           timestamptz default business_now(),
  falls_over_at    timestamptz,
  looked_at        timestamptz,
  retry_at         timestamptz,
  proved_at        timestamptz,
  attempts         integer not null default 0,
  business_date    date,
  step             smallint not null default 1,
  template_version smallint,
  of_its_process   boolean not null default false,
  to_its_case      boolean not null default false,
  is_client_notice boolean not null default false,
  names_its_case   boolean not null default false,
  kind             text not null,
  severity         text not null,
  state            text not null default 'queued',
  template         text,
  workflow_id      text,
  other_key        text,
  key_tail         text,
  other_case       text,
  recipient_role   text,
  recipient_mark   text,
  other_ref        text,
  other_purpose    text,
  side             side_of_business,
  branch           text,
  channel          channel_code,
  accepted_on      message_channel,
  reference        text,
  proof            text,
  last_error       text,
  missing_facts    text[],
  facts_told       jsonb,
  payload_told     jsonb,
  message_key      text not null generated always as (coalesce(other_key, lower(replace(template, '_', '-')) || ':'
                     || substr(workflow_id, strpos(workflow_id, ':') + 1) || key_tail)) virtual,
  case_key         text generated always as (coalesce(other_case, case when of_its_process then workflow_id end)) virtual,
  recipient_ref    text generated always as (coalesce(other_ref, case when to_its_case then substr(workflow_id, strpos(workflow_id, ':') + 1) end)) virtual,
  purpose          text generated always as (coalesce(other_purpose, case when is_client_notice then 'client-notice' end)) virtual,
  facts            jsonb not null generated always as (case when names_its_case
                     then coalesce(facts_told, '{}') || jsonb_object(array['complaint', substr(workflow_id, strpos(workflow_id, ':') + 1)])
                     else coalesce(facts_told, '{}') end) virtual,
  missing          text[] not null generated always as (coalesce(missing_facts, '{}')) virtual,
  payload          jsonb not null generated always as (coalesce(payload_told, '{}')) virtual,
  constraint outbox_pkey primary key (message_id),
  constraint messages_are_told_once exclude using hash
    ((coalesce(other_key, lower(replace(template, '_', '-')) || ':' || substr(workflow_id, strpos(workflow_id, ':') + 1) || key_tail)) with =)
    with (fillfactor = 100),
  constraint key_is_told_once check (num_nonnulls(other_key, key_tail) = 1),
  constraint case_is_told_once check (other_case is null or not of_its_process),
  constraint recipient_is_told_once check (other_ref is null or not to_its_case),
  constraint purpose_is_told_once check (other_purpose is null or not is_client_notice),
  constraint follows_from_a_process check (workflow_id is not null or not (of_its_process or to_its_case or names_its_case)),
  constraint accepted_when_sent check (accepted_on is null or sent_at is not null),
  constraint blocked_says_what_is_missing check ((state = 'blocked') = (coalesce(cardinality(missing_facts), 0) > 0)),
  constraint outbox_check check (recipient_mark is null or recipient_role is not null),
  constraint outbox_check1 check ((channel is null) = (business_date is null)),
  constraint outbox_kind_check check (kind in ('notice', 'signal', 'start')),
  constraint outbox_recipient_mark_check check (recipient_mark in ('approver', 'deputy', 'head')),
  constraint outbox_severity_check check (severity in ('info', 'warning', 'critical')),
  constraint outbox_state_check
    check (state in ('queued', 'held', 'sent', 'delivered', 'failed over', 'task', 'not reached', 'blocked')),
  constraint outbox_step_check check (step > 0),
  constraint proof_of_first_try check (num_nonnulls(proof, proved_at) <> 1 and (proof is null or accepted_on is not null)),
  constraint reference_of_acceptance check (reference is null or accepted_on is not null),
  constraint text_has_a_version check (template_version is null or template is not null)
);
comment on column outbox.other_key is 'Its key of business, where that does not begin with its template and the number of its process.';
comment on column outbox.key_tail is 'What its key of business has after them.';
comment on column outbox.of_its_process is 'Its case is the process that it comes from.';
comment on column outbox.other_case is 'Its case, where that is none or another one.';
comment on column outbox.to_its_case is 'It goes to the number of its process: to whoever complains and is no client.';
comment on column outbox.other_ref is 'Whom it goes to by a reference of another kind.';
comment on column outbox.is_client_notice is 'Its purpose is client-notice, as that of most.';
comment on column outbox.other_purpose is 'Its purpose, where that is another one.';
comment on column outbox.names_its_case is 'Among its facts is the complaint, the number of its process.';
comment on column outbox.facts_told is 'Its facts besides; null: none.';
comment on column outbox.missing_facts is 'Facts that were not there; null: none.';
comment on column outbox.payload_told is 'What the engine is told with it; null: nothing.';
comment on column outbox.business_date is 'Day that a notice is about, also where no process of that day exists.';
comment on column outbox.case_key is 'What belongs together: events of one case are told in their order, each after the one before it was accepted.';
comment on column outbox.due_at is 'Business time at which delivery looks at the message next; null: nothing more is to be done.';
comment on column outbox.falls_over_at is 'Business time after which a channel that gives no answer is left for the next one of the plan.';
comment on column outbox.looked_at is 'Business time at which delivery looked last, of one that it goes on looking at: at one instant of a clock that stands it looks once.';
comment on column outbox.retry_at is 'Real time before which a channel that gave no answer is not tried again.';
comment on column outbox.side is 'Side that the message is about; null: of both, or of none. Read by that side only (A1 §27).';
comment on column outbox.branch is 'Branch that the message is about; people of a branch read those of their own.';
comment on column outbox.proof is 'Number of the receipt by which the messages gateway proved that it came, on the channel that accepted it at the first try.';
comment on column outbox.accepted_on is 'Channel that accepted it at its first try, at sent_at; null: it was not, and its tries are in message_attempts.';

insert into outbox (message_id, created_at, sent_at, due_at, falls_over_at, looked_at, retry_at, proved_at, attempts, business_date, step, template_version,
                    of_its_process, to_its_case, is_client_notice, names_its_case, kind, severity, state, template, workflow_id, other_key, key_tail,
                    other_case, recipient_role, recipient_mark, other_ref, other_purpose, side, branch, channel, accepted_on, reference, proof, last_error,
                    missing_facts, facts_told, payload_told)
overriding system value
select message_id, created_at, sent_at, due_at, falls_over_at, looked_at, retry_at, proved_at, attempts, business_date, step, template_version,
       of_its_process, to_its_case, is_client_notice, names_its_case, kind, severity, state, template, workflow_id,
       case when has_its_key then null else message_key end, case when has_its_key then substr(message_key, length(key_begins) + 1) end,
       case when not of_its_process then case_key end, recipient_role, recipient_mark, case when not to_its_case then recipient_ref end,
       case when not is_client_notice then purpose end, side, branch, channel, accepted_on, reference, proof, last_error,
       nullif(missing, '{}'), nullif(case when names_its_case then facts - 'complaint' else facts end, '{}'), nullif(payload, '{}')
  from outbox_before,
       lateral (select substr(workflow_id, strpos(workflow_id, ':') + 1) as number) process,
       lateral (select lower(replace(template, '_', '-')) || ':' || number as key_begins) expected,
       lateral (select coalesce(starts_with(message_key, key_begins), false) as has_its_key, coalesce(case_key = workflow_id, false) as of_its_process,
                       coalesce(recipient_ref = number, false) as to_its_case, coalesce(purpose = 'client-notice', false) as is_client_notice,
                       coalesce(facts -> 'complaint' = to_jsonb(number), false) as names_its_case) follows
 order by message_id;
select setval('outbox_message_id_seq', last_value, is_called) from outbox_before_id_seq;
drop table outbox_before;
alter table waiting_starts alter message_id set default nextval('outbox_message_id_seq');

alter table message_attempts add constraint message_attempts_message_id_fkey foreign key (message_id) references outbox;
alter table message_fall_overs add constraint message_fall_overs_message_id_fkey foreign key (message_id) references outbox;
alter table message_receipts add constraint message_receipts_message_id_fkey foreign key (message_id) references outbox;
alter table received_mails add constraint received_mails_reported_message_fkey foreign key (reported_message) references outbox;

-- One entry of what waits, by the time at which delivery looks at it; those of which it does no more are found by their state, and so are those
-- that are held up. A message that is merely sent is in none of both. Signals and starts have one of their own.
create index outbox_due on outbox (due_at) where kind = 'notice' and due_at is not null;
create index outbox_by_state on outbox (state, message_id) where kind = 'notice' and state not in ('queued', 'sent', 'delivered');
create index outbox_unsent on outbox (message_id) where sent_at is null and kind in ('signal', 'start');
create index outbox_blocked on outbox (template) where state = 'blocked';
create index outbox_by_mail on outbox using hash (reference) with (fillfactor = 100) where accepted_on = 'email';
create index outbox_by_role on outbox (recipient_role, message_id) where kind = 'notice' and recipient_role is not null;
create index outbox_of_day on outbox (channel, business_date, message_id) where kind = 'notice' and business_date is not null;
-- A tree: of one process there may be a million, which a hash index looks through one page after another.
create index outbox_of_process on outbox (workflow_id) where kind = 'notice';
create index outbox_of_case on outbox
  (coalesce(other_case, case when of_its_process then workflow_id end),
   coalesce(other_ref, case when to_its_case then substr(workflow_id, strpos(workflow_id, ':') + 1) end), message_id)
  where kind = 'notice' and coalesce(other_purpose, case when is_client_notice then 'client-notice' end) = 'case-event' and sent_at is null;
create index outbox_of_other_case on outbox (coalesce(other_case, case when of_its_process then workflow_id end))
  where kind = 'notice' and coalesce(other_case, case when of_its_process then workflow_id end) is not null
    and coalesce(other_case, case when of_its_process then workflow_id end) is distinct from workflow_id;
create index outbox_of_recipient on outbox
  (coalesce(other_ref, case when to_its_case then substr(workflow_id, strpos(workflow_id, ':') + 1) end))
  where kind = 'notice' and coalesce(other_ref, case when to_its_case then substr(workflow_id, strpos(workflow_id, ':') + 1) end) is not null
    and (recipient_role is not null or coalesce(other_purpose, case when is_client_notice then 'client-notice' end) = 'case-event'
         or coalesce(coalesce(other_case, case when of_its_process then workflow_id end), '') not like 'complaint:%');
alter table outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 100);
grant select, insert, update on outbox to southbound_app;
grant usage on sequence outbox_message_id_seq to southbound_app;

-- Triggers do not see what follows from a row: they look at what is kept.
create or replace function code_is_forgotten() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.facts_told := new.facts_told || '{"code": "******"}';
  return new;
end $$;
create trigger code_is_forgotten before update on outbox for each row
  when (new.template = 'ONE_TIME_CODE' and new.facts_told ? 'code'
        and (new.sent_at is not null or new.state in ('not reached', 'task')
             or business_now() >= new.created_at + (new.facts_told ->> 'minutes')::integer * interval '1 minute'))
  execute function code_is_forgotten();
create trigger first_try_is_written_once before update on outbox for each row when (old.accepted_on is not null)
  execute function is_written_once('accepted_on', 'reference', 'sent_at');
create trigger first_proof_is_written_once before update on outbox for each row when (old.proof is not null)
  execute function is_written_once('proof', 'proved_at');
create trigger message_stays_as_told before update on outbox for each row
  when (old.kind = 'notice' and old.state <> 'blocked' and old.template is distinct from 'ONE_TIME_CODE')
  execute function is_written_once('other_key', 'key_tail', 'recipient_role', 'recipient_mark', 'other_ref', 'to_its_case', 'workflow_id',
    'other_case', 'of_its_process', 'other_purpose', 'is_client_notice', 'template', 'template_version', 'facts_told', 'names_its_case',
    'side', 'branch', 'created_at');
-- What is told without facts is told without facts for ever.
create function facts_stay_none() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  raise exception 'facts_told of outbox is written once' using errcode = 'check_violation', constraint = tg_name;
end $$;
create trigger facts_stay_none before update on outbox for each row
  when (old.kind = 'notice' and old.state <> 'blocked' and old.template is distinct from 'ONE_TIME_CODE'
        and old.facts_told is null and new.facts_told is not null)
  execute function facts_stay_none();
create trigger messages_have_their_template after insert on outbox referencing new table as added for each statement
  execute function told_by_templates();

create view message_tries as
  select message_id, 0::bigint as attempt_id, 1 as step, accepted_on as channel, sent_at as at, 'accepted' as outcome, reference, null::text as code
    from outbox where accepted_on is not null
  union all
  select message_id, attempt_id, step, channel, at, outcome, reference, code from message_attempts;
comment on view message_tries is 'Every try to bring a message, the first one too where the message itself says it.';
grant select on message_tries to southbound_app;

create view message_proofs as
  select gateway, receipt, message_id, channel, outcome, at, code, person from message_receipts
  union all
  select 'messages', proof, message_id, accepted_on, 'delivered', proved_at, null, null from outbox where proof is not null;
comment on view message_proofs is 'Every proof of what became of a message, the first one too where the message itself says it.';
grant select on message_proofs to southbound_app;

create view waiting_messages as
  select message_id, workflow_id, kind, created_at, attempts, payload from outbox where sent_at is null and kind in ('signal', 'start')
  union all
  select s.message_id, s.workflow_id, 'start', p.opened_at, s.attempts,
         coalesce(s.payload, start_of_complaint(p.business_key)) || jsonb_strip_nulls(jsonb_build_object('requestId', s.request_id))
    from waiting_starts s left join processes p using (workflow_id);
comment on view waiting_messages is 'Starts and signals that the engine has not taken yet.';
grant select on waiting_messages to southbound_app;
analyze outbox;
