-- Whoever puts a mail into a complaint is told whether it comes from whoever complained, and says why it belongs there where it does not.
alter table received_mails
  add column sender_sha256 text,
  add column sender_said text check (sender_said in ('complainant by another address', 'another person')),
  add check (sender_said is null or state = 'looked at');
comment on column received_mails.sender_sha256 is 'Digest of the address of the sender as contacts are compared; null where the mail names none, and of mails of before.';
comment on column received_mails.sender_said is 'What whoever looked said of a sender whose address is not the contact of the complainant.';
drop trigger mail_is_written_once on received_mails;
create trigger mail_is_written_once before update on received_mails for each row
  execute function is_written_once('sha256', 'message_id', 'text_sha256', 'received_at', 'faults', 'workflow_id', 'looked_at_by', 'looked_at', 'sender_sha256',
                                   'sender_said');
grant update (sender_said) on received_mails to southbound_app;
