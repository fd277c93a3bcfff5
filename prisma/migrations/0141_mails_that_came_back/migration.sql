-- What a mail server reports later of a mail that we sent (RFC 3464) is known by the message that it is about.
alter table received_mails
  add column reported_message bigint references outbox,
  drop constraint received_mails_state_check,
  add constraint received_mails_state_check
    check (state in ('complaint', 'supplement', 'repeated', 'delivery report', 'to be looked at', 'looked at')),
  add constraint report_names_its_message check ((state = 'delivery report') = (reported_message is not null));
comment on column received_mails.reported_message is 'Message of ours of which a mail server tells in this mail that it did not come, or comes later.';
drop trigger mail_is_written_once on received_mails;
create trigger mail_is_written_once before update on received_mails for each row
  execute function is_written_once('sha256', 'message_id', 'text_sha256', 'received_at', 'faults', 'workflow_id', 'looked_at_by', 'looked_at', 'sender_sha256',
                                   'sender_said', 'reported_message');

-- A mail is named by its Message-ID in what is reported of it; of other channels nobody looks by the reference.
create index outbox_by_mail on outbox using hash (reference) where accepted_on = 'email';
create index message_attempts_by_mail on message_attempts using hash (reference) where channel = 'email' and reference is not null;

-- A message that is done with may go: whoever looks for what was reported of it reads no other mail.
create index received_mails_of_message on received_mails (reported_message) where reported_message is not null;
