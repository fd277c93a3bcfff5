-- Messages to people and to other systems: texts by version, where a message goes, what became of it, who wants what.
-- The outbox stays the one place where a message begins, in the transaction of the change that it tells of.

create domain message_channel as text check (value in ('sms', 'app', 'voice', 'email', 'in-app', 'webhook', 'task'));
comment on domain message_channel is
  'in-app: a row that people read here; task: a person is asked to telephone; the others leave the house.';

create table message_purposes (
  purpose             text not null,
  name_zh             text not null,
  name_en             text not null,
  obeys_quiet_hours   boolean not null,
  may_be_switched_off boolean not null,
  task_role           text references roles,
  valid_from          date not null,
  valid_to            date,
  source              text not null,
  primary key (purpose, valid_from),
  check (valid_from < valid_to),
  exclude using gist (purpose with =, daterange(valid_from, valid_to) with &&)
);
comment on table message_purposes is 'Kinds of messages: whether they wait for the morning, whether a recipient may refuse them, who telephones at the end.';

create table delivery_steps (
  purpose      text not null,
  step         integer not null check (step > 0),
  channel      message_channel not null,
  wait_minutes integer check (wait_minutes > 0),
  valid_from   date not null,
  valid_to     date,
  source       text not null,
  primary key (purpose, step, valid_from),
  check (valid_from < valid_to),
  exclude using gist (purpose with =, step with =, daterange(valid_from, valid_to) with &&)
);
comment on column delivery_steps.wait_minutes is
  'How long this channel has to bring proof of delivery before the next one is taken; null: it is not left.';

create table message_templates (
  template       text not null,
  version        integer not null check (version > 0),
  purpose        text not null,
  subject_zh     text not null,
  subject_en     text not null,
  text_zh        text not null,
  text_en        text not null,
  required_facts text not null,
  approved_by    text,
  approved_on    date,
  valid_from     date not null,
  valid_to       date,
  source         text not null,
  primary key (template, version),
  check (valid_from < valid_to),
  check ((approved_by is null) = (approved_on is null)),
  exclude using gist (template with =, daterange(valid_from, valid_to) with &&)
);
comment on table message_templates is 'Texts of messages. {NAME} is a required fact; a text that compliance has not approved is not used.';

alter table outbox
  add column purpose          text,
  add column template         text,
  add column template_version integer,
  add column facts            jsonb not null default '{}',
  add column missing          text[] not null default '{}',
  add column case_key         text,
  add column state            text not null default 'queued'
    check (state in ('queued', 'held', 'sent', 'delivered', 'failed over', 'task', 'not reached', 'blocked')),
  add column step             integer not null default 1 check (step > 0),
  add column due_at           timestamptz default business_now(),
  add column falls_over_at    timestamptz,
  add column looked_at        timestamptz,
  add column retry_at         timestamptz,
  add constraint blocked_says_what_is_missing check ((state = 'blocked') = (cardinality(missing) > 0)),
  add constraint text_has_a_version check ((template_version is null) or (template is not null)),
  add foreign key (template, template_version) references message_templates;
update outbox set due_at = null, state = case kind when 'notice' then 'sent' else state end where sent_at is not null;
comment on column outbox.case_key is 'What belongs together: events of one case are told in their order, each after the one before it was accepted.';
comment on column outbox.due_at is 'Business time at which delivery looks at the message next; null: nothing more is to be done.';
comment on column outbox.falls_over_at is 'Business time after which a channel that gives no answer is left for the next one of the plan.';
comment on column outbox.looked_at is 'Business time at which delivery looked last: at one instant of a clock that stands it looks once.';
comment on column outbox.retry_at is 'Real time before which a channel that gave no answer is not tried again.';
create index outbox_due on outbox (due_at) where kind = 'notice' and due_at is not null;
create index outbox_of_case on outbox (case_key, recipient_ref, message_id) where kind = 'notice' and purpose = 'case-event' and sent_at is null;
create index outbox_blocked on outbox (template) where state = 'blocked';
create index outbox_of_recipient on outbox (recipient_ref, message_id) where kind = 'notice' and recipient_ref is not null;

create table message_attempts (
  attempt_id bigint generated always as identity primary key,
  message_id bigint not null references outbox,
  step       integer not null,
  channel    message_channel not null,
  at         timestamptz not null,
  outcome    text not null check (outcome in ('accepted', 'refused', 'unknown')),
  reference  text,
  code       text,
  check ((outcome = 'accepted') = (code is null))
);
create index message_attempts_of_message on message_attempts (message_id);
comment on column message_attempts.outcome is 'unknown: no answer came; the same key is sent again, and the receiver keeps it once.';

create table message_receipts (
  gateway    text not null,
  receipt    text not null,
  message_id bigint not null references outbox,
  channel    message_channel not null,
  outcome    text not null check (outcome in ('delivered', 'undelivered', 'read', 'reached', 'not reached')),
  at         timestamptz not null,
  code       text,
  person     text references people,
  primary key (gateway, receipt)
);
create index message_receipts_of_message on message_receipts (message_id);
comment on table message_receipts is 'Proof of what became of a message: of gateways by their own number, of people who read or telephoned.';

create table receipt_cursors (
  gateway text primary key,
  after   text not null
);

create table message_preferences (
  recipient_ref text not null,
  purpose       text not null,
  channel       message_channel not null,
  wanted        boolean not null,
  set_by        text not null,
  set_at        timestamptz not null default business_now(),
  primary key (recipient_ref, purpose, channel)
);

create table contact_addresses (
  recipient_ref text not null,
  kind          text not null check (kind in ('email', 'phone')),
  address       text not null,
  primary key (recipient_ref, kind)
);
comment on table contact_addresses is 'Personal: where somebody is reached. person:KEY of the directory, or fund-account:NUMBER.';

create table webhook_receivers (
  receiver   text not null,
  url        text not null check (url ~ '^https?://'),
  events     text[] not null check (cardinality(events) > 0),
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (receiver, valid_from),
  check (valid_from < valid_to),
  exclude using gist (receiver with =, daterange(valid_from, valid_to) with &&)
);
comment on table webhook_receivers is 'Systems that are told of events, each under its own address.';

grant select on
  message_purposes, delivery_steps, message_templates, message_attempts, message_receipts, receipt_cursors,
  message_preferences, contact_addresses, webhook_receivers
  to southbound_app;
grant usage on all sequences in schema public to southbound_app;
grant insert on message_attempts, message_receipts to southbound_app;
grant insert, update on
  message_purposes, delivery_steps, message_templates, receipt_cursors, message_preferences, contact_addresses,
  webhook_receivers
  to southbound_app;
