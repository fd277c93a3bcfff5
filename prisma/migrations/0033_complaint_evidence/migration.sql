-- What comes with a complaint and what it rests on: mails with their attachments, the process and the event that it is about, the evidence
-- that was frozen of it, and complaints of one cause that are investigated as one.

-- --------------------------------------------------------------------------------------------------------------- mails

create table received_mails (
  mail_id      bigint generated always as identity primary key,
  sha256       text not null unique references documents,
  message_id   text,
  text_sha256  text,
  received_at  timestamptz not null default business_now(),
  state        text not null check (state in ('complaint', 'supplement', 'repeated', 'to be looked at', 'looked at')),
  complaint_no text references complaints,
  faults       text[] not null default '{}',
  workflow_id  text unique,
  looked_at_by text,
  looked_at    timestamptz,
  check ((state = 'to be looked at' or state = 'looked at') = (workflow_id is not null)),
  check (state not in ('complaint', 'supplement', 'repeated') or complaint_no is not null),
  check ((state = 'looked at') = (looked_at_by is not null and looked_at is not null))
);
comment on table received_mails is 'Every mail that came in, by the digest of its bytes, and what became of it. Its words stand in the store of documents only.';
comment on column received_mails.text_sha256 is 'Digest of sender, subject and text: the same mail by another way has other bytes and the same words.';
comment on column received_mails.faults is 'Codes of why no complaint could be made of it by itself.';
create index received_mails_by_message on received_mails (message_id, text_sha256) where message_id is not null;
create trigger mail_is_written_once before update on received_mails for each row
  execute function is_written_once('sha256', 'message_id', 'text_sha256', 'received_at', 'faults', 'workflow_id', 'looked_at_by', 'looked_at');

create table complaint_attachments (
  attachment_id bigint generated always as identity primary key,
  complaint_no  text not null references complaints,
  mail_id       bigint references received_mails,
  file_name     text,
  said_type     text,
  media_type    text not null,
  byte_count    bigint not null check (byte_count >= 0),
  sha256        text references documents,
  fault         text,
  filed_by      text not null,
  filed_at      timestamptz not null default business_now(),
  check ((sha256 is null) = (fault is not null))
);
create index complaint_attachments_of_complaint on complaint_attachments (complaint_no, attachment_id);
comment on table complaint_attachments is 'Personal: what came with a complaint, by its name and by what its bytes are; fault: why it was not taken (the mail that it came with is kept whole).';

alter table complaint_documents drop constraint complaint_documents_kind_check;
alter table complaint_documents add constraint complaint_documents_kind_check check (kind in ('attachment', 'mail', 'evidence', 'file'));

-- ---------------------------------------------------------------------------------------------------------- classified

drop trigger complaint_is_written_once on complaints;
create trigger complaint_is_written_once before update on complaints for each row
  execute function is_written_once('complaint_no', 'workflow_id', 'channel', 'claimed_fen', 'transfer_no', 'transferred_at', 'received_at', 'registered_at',
                                   'received_by', 'duplicate_of', 'about_workflow', 'about_event', 'group_of', 'ended_at');
comment on column complaints.product is 'As it was received; whoever registers it may say better, and the register keeps both.';
comment on column complaints.group_of is 'The complaint of the same cause whose investigation serves this one too; the answer is its own.';
create index complaints_of_group on complaints (group_of) where group_of is not null;

-- ------------------------------------------------------------------------------------------------------------ evidence

create table complaint_evidence (
  evidence_id    bigint generated always as identity primary key,
  complaint_no   text not null references complaints,
  moment         text not null check (moment in ('linked', 'closing')),
  about_workflow text not null,
  about_event    bigint,
  event_type     text,
  event_at       timestamptz,
  event_count    integer,
  row_count      integer not null,
  history_sha256 text references documents,
  rows_sha256    text not null references documents,
  sha256         text not null references documents,
  frozen_at      timestamptz not null default business_now(),
  unique (complaint_no, moment),
  check ((history_sha256 is null) = (event_count is null)),
  check ((event_type is null) = (event_at is null))
);
comment on table complaint_evidence is
  'The process that a complaint is about as it was: its history, its rows, and a manifest with the digest of each. event_type is null where no event is named, or the history has none of that number.';
comment on column complaint_evidence.history_sha256 is 'Null where the process engine has no history of the process any more: the rows stand.';

grant select, insert on received_mails, complaint_attachments, complaint_evidence to southbound_app;
grant update (state, complaint_no, workflow_id, looked_at_by, looked_at) on received_mails to southbound_app;
grant update (product, category, subcategory, branch, about_workflow, about_event) on complaints to southbound_app;
grant usage on all sequences in schema public to southbound_app;
