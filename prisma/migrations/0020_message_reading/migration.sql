-- Messages as evidence: whose each is, which way it took, who read it; wishes of a recipient with their revision; keys of systems that
-- are told of events. Texts and plans of messages are dated rows: only the day on which they end is ever changed.

-- ------------------------------------------------------------------------------------------------ whose a message is

alter table outbox
  add column side   side_of_business,
  add column branch text;
comment on column outbox.side is 'Side that the message is about; null: of both, or of none. Read by that side only (A1 §27).';
comment on column outbox.branch is 'Branch that the message is about; people of a branch read those of their own.';

-- What stands in a book already: rungs say their side in the subject, the other messages of one side in their key.
update outbox o set side = d.side, branch = d.branch from deadlines d
  where o.kind = 'notice' and o.template = 'RUNG' and o.facts ->> 'subject' = d.business_key;
update outbox set side = (regexp_match(facts ->> 'subject', ':(client|proprietary)$'))[1]
  where kind = 'notice' and template = 'RUNG' and side is null;
update outbox set side = (regexp_match(message_key, ':(client|proprietary)(:|$)'))[1]
  where kind = 'notice' and template in ('DEFAULT_INTRADAY', 'DEFAULT_END_OF_DAY', 'BATCH_INCOMPLETE', 'ORDER_REFUSED');
update outbox o set side = c.side, branch = c.branch from clients c
  where o.kind = 'notice' and o.recipient_ref = 'fund-account:' || c.fund_account;
update outbox o set side = 'client', branch = c.branch from registered_clients c
  where o.kind = 'notice' and o.recipient_ref = c.client_no;

-- What was told is not told otherwise afterwards. A message that lacks a fact has no text yet, and a code is taken out when it was sent.
create trigger message_stays_as_told before update on outbox for each row
  when (old.kind = 'notice' and old.state <> 'blocked' and old.template is distinct from 'ONE_TIME_CODE')
  execute function is_written_once('message_key', 'recipient_role', 'recipient_mark', 'recipient_ref', 'workflow_id', 'case_key', 'purpose',
    'template', 'template_version', 'subject_zh', 'subject_en', 'text_zh', 'text_en', 'facts', 'side', 'branch', 'created_at');

create index outbox_by_role on outbox (recipient_role, message_id) where kind = 'notice' and recipient_role is not null;
create index outbox_by_state on outbox (state, message_id) where kind = 'notice';

-- ------------------------------------------------------------------------------------------------ the way that it took

create table message_fall_overs (
  message_id   bigint not null references outbox,
  from_step    integer not null,
  from_channel message_channel not null,
  to_step      integer not null,
  to_channel   message_channel not null,
  at           timestamptz not null default business_now(),
  code         text not null,
  primary key (message_id, from_step),
  check (from_step < to_step)
);
comment on table message_fall_overs is 'A channel was left for the next one of the plan: when, and why (refused, no answer, no proof in time, not read).';

-- The text of a version by its digest: what a proof of notice names.
alter table message_templates add column sha256 text;
update message_templates set sha256 =
  encode(sha256(convert_to(concat_ws(e'\n', subject_zh, text_zh, subject_en, text_en), 'UTF8')), 'hex');
alter table message_templates alter column sha256 set not null;
create function digest_of_template() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.sha256 := encode(sha256(convert_to(concat_ws(e'\n', new.subject_zh, new.text_zh, new.subject_en, new.text_en), 'UTF8')), 'hex');
  return new;
end $$;
create trigger digest_of_template before insert or update on message_templates for each row execute function digest_of_template();
comment on column message_templates.sha256 is 'Of subject and text in Chinese, then in English, a line feed between each.';

alter table message_purposes add column task_hours integer check (task_hours > 0);
alter table message_purposes add check (task_hours is null or task_role is not null);
comment on column message_purposes.task_hours is 'Working hours in which whoever telephones has to do so.';

-- --------------------------------------------------------------------------------------------------- wishes

create table message_recipients (
  recipient_ref text primary key,
  revision      integer not null default 1 check (revision > 0),
  quiet_from    text check (quiet_from ~ '^([01]\d|2[0-3]):[0-5]\d$'),
  quiet_until   text check (quiet_until ~ '^([01]\d|2[0-3]):[0-5]\d$'),
  set_by        text not null,
  set_at        timestamptz not null default business_now(),
  reason        text,
  check ((quiet_from is null) = (quiet_until is null))
);
comment on table message_recipients is
  'What a recipient wishes as a whole: quiet hours in place of the house''s (both null: those of the house), and the revision of all wishes.';

-- --------------------------------------------------------------------------------------------------- receivers of events

alter table webhook_receivers
  add column registered_by   text,
  add column registered_at   timestamptz not null default business_now(),
  add column switched_off_at timestamptz,
  add column switched_off_by text,
  add column off_reason      text,
  add check ((switched_off_at is null) = (switched_off_by is null));
create unique index webhook_receivers_by_name on webhook_receivers (receiver);
comment on column webhook_receivers.receiver is 'A name is of one system for ever: a new address is a new receiver.';

create table webhook_keys (
  receiver  text not null references webhook_receivers (receiver),
  key_no    integer not null check (key_no > 0),
  issued_at timestamptz not null default business_now(),
  issued_by text not null,
  ends_at   timestamptz,
  primary key (receiver, key_no)
);
comment on table webhook_keys is
  'Numbers of the keys of a receiver: a key itself is derived of the secret of the book and stands nowhere. One that was replaced signs beside the new one until it ends.';

-- ----------------------------------------------------------------------------------------------------- grants

grant select, insert on message_fall_overs, message_recipients, webhook_keys to southbound_app;
grant update (revision, quiet_from, quiet_until, set_by, set_at, reason) on message_recipients to southbound_app;
grant update (ends_at) on webhook_keys to southbound_app;

revoke update on message_purposes, delivery_steps, message_templates, receipt_cursors, message_preferences, contact_addresses, webhook_receivers
  from southbound_app;
grant update (valid_to) on message_purposes, delivery_steps, message_templates to southbound_app;
grant update (after) on receipt_cursors to southbound_app;
grant update (wanted, set_by, set_at) on message_preferences to southbound_app;
grant update (address) on contact_addresses to southbound_app;
grant update (switched_off_at, switched_off_by, off_reason) on webhook_receivers to southbound_app;
