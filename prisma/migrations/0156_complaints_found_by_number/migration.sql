-- A complaint is found by its number, which stands in the id of its process: no index by that. What is fixed in length comes first, so nothing
-- is padded; its two small numbers have two bytes each; of its urgency is kept what is not ordinary. A receipt that comes again under its key
-- is known by half of its digest.

drop view as_of.complaints;
alter table complainants drop constraint complainants_complaint_no_fkey;
alter table complaint_actions drop constraint complaint_actions_complaint_no_fkey;
alter table complaint_attachments drop constraint complaint_attachments_complaint_no_fkey;
alter table complaint_closings drop constraint complaint_closings_complaint_no_fkey;
alter table complaint_documents drop constraint complaint_documents_complaint_no_fkey;
alter table complaint_evidence drop constraint complaint_evidence_complaint_no_fkey;
alter table complaint_proposals drop constraint complaint_proposals_complaint_no_fkey;
alter table complaint_requests drop constraint complaint_requests_complaint_no_fkey;
alter table complaint_steps drop constraint complaint_steps_complaint_no_fkey;
alter table complaint_texts drop constraint complaint_texts_complaint_no_fkey;
alter table received_mails drop constraint received_mails_complaint_no_fkey;
drop index complaints_by_original, complaints_of_group, complaints_of_handler, complaints_of_process, complaints_open, complaints_received,
  one_complaint_a_transfer;
alter table complaints drop constraint complaints_duplicate_of_fkey, drop constraint complaints_group_of_fkey, drop constraint complaints_pkey;
alter table complaints rename to complaints_before;

create table complaints (
  received_at    timestamptz not null,
  registered_at  timestamptz not null default business_now(),
  claimed_fen    bigint,
  about_event    bigint,
  transferred_at timestamptz,
  ended_at       timestamptz,
  revision       smallint not null default 1,
  level          smallint not null default 1,
  complaint_no   text not null,
  channel        text not null,
  product        text not null,
  category       text not null,
  subcategory    text,
  branch         text,
  other_urgency  text,
  about_workflow text,
  about_run      text,
  transfer_no    text,
  received_by    text not null,
  received_role  text not null,
  state          text not null default 'received',
  handler        text,
  handler_role   text,
  handler_branch text,
  duplicate_of   text,
  group_of       text,
  workflow_id    text not null generated always as ('complaint:' || complaint_no) virtual,
  urgency        text not null generated always as (coalesce(other_urgency, 'ordinary')) virtual,
  constraint complaints_pkey primary key (complaint_no),
  constraint complaints_duplicate_of_fkey foreign key (duplicate_of) references complaints,
  constraint complaints_group_of_fkey foreign key (group_of) references complaints,
  constraint complaints_complaint_no_check check (complaint_no ~ '^T\d{8}-\d{6}$'),
  constraint complaints_channel_check check (channel in ('telephone', 'email', 'web', 'app', 'branch', 'letter', 'regulator', 'exchange')),
  constraint complaints_claimed_fen_check check (claimed_fen > 0),
  constraint complaints_level_check check (level in (1, 2)),
  constraint complaints_revision_check check (revision > 0),
  constraint complaints_state_check check (state in ('received', 'incomplete', 'registered', 'accepted', 'assigned', 'decided', 'answered',
                                                     'reopened', 'closed', 'disputed', 'refused', 'duplicate')),
  constraint complaints_urgency_check check (other_urgency = 'urgent'),
  constraint complaints_check check (received_at <= registered_at),
  constraint complaints_check1 check (duplicate_of <> complaint_no and group_of <> complaint_no),
  constraint complaints_check2 check ((duplicate_of is not null) = (state = 'duplicate')),
  constraint complaints_check3 check ((ended_at is not null) = (state in ('closed', 'disputed', 'refused', 'duplicate'))),
  constraint complaints_check4 check ((channel in ('regulator', 'exchange')) = (transfer_no is not null and transferred_at is not null)),
  constraint complaints_check5 check (transferred_at <= received_at),
  constraint complaints_check6 check ((handler is null) = (handler_role is null)),
  constraint complaints_check7 check (about_event is null or about_workflow is not null),
  constraint complaints_check8 check (about_run is null or about_workflow is not null)
);
comment on table complaints is
  'One complaint a row, without anything personal. Its clocks run from received_at, those of a transfer also from transferred_at.';
comment on column complaints.product is 'As it was received; whoever registers it may say better, and the register keeps both.';
comment on column complaints.about_event is 'Event of the history of about_workflow that the complainant means.';
comment on column complaints.about_run is
  'Run of about_workflow whose event is meant, where it was named; else the newest run that has an event of that number when it is frozen.';
comment on column complaints.received_by is 'Whoever received it first owes its registration (first-receiver duty).';
comment on column complaints.revision is 'Counted with every act of intake: the process is told, and reads what is newer than it knows.';
comment on column complaints.group_of is 'The complaint of the same cause whose investigation serves this one too; the answer is its own.';
comment on column complaints.workflow_id is 'Each has one process, which bears its number.';
comment on column complaints.other_urgency is 'Its urgency, where that is not ordinary.';
comment on column complaints.urgency is
  'As whoever received or registered it says; an urgent one is taken up by the head office the same day.';

insert into complaints (received_at, registered_at, claimed_fen, about_event, transferred_at, ended_at, revision, level, complaint_no, channel,
                        product, category, subcategory, branch, other_urgency, about_workflow, about_run, transfer_no, received_by,
                        received_role, state, handler, handler_role, handler_branch, duplicate_of, group_of)
select received_at, registered_at, claimed_fen, about_event, transferred_at, ended_at, revision, level, complaint_no, channel,
       product, category, subcategory, branch, nullif(urgency, 'ordinary'), about_workflow, about_run, transfer_no, received_by,
       received_role, state, handler, handler_role, handler_branch, duplicate_of, group_of
  from complaints_before order by complaint_no;

create index complaints_by_original on complaints (duplicate_of) where duplicate_of is not null;
create index complaints_of_group on complaints (group_of) where group_of is not null;
create index complaints_of_handler on complaints (handler) where ended_at is null and handler is not null;
create index complaints_open on complaints (complaint_no) where ended_at is null;
create index complaints_received on complaints using brin (received_at) with (pages_per_range = 16, autosummarize = on);
create unique index one_complaint_a_transfer on complaints (channel, transfer_no) where transfer_no is not null;

create trigger claimed_amount_holds before update of claimed_fen on complaints for each row execute function claimed_amount_holds();
create trigger complaint_is_written_once before update on complaints for each row
  execute function is_written_once('complaint_no', 'channel', 'transfer_no', 'transferred_at', 'received_at', 'registered_at', 'received_by',
                                   'duplicate_of', 'ended_at');
create trigger complaint_link_holds before update of duplicate_of, group_of, about_workflow, about_event, about_run on complaints for each row
  execute function complaint_link_holds();

grant select, insert on complaints to southbound_app;
grant update (claimed_fen, about_event, ended_at, revision, level, product, category, subcategory, branch, other_urgency, about_workflow,
              about_run, state, handler, handler_role, handler_branch, duplicate_of, group_of) on complaints to southbound_app;

alter table complainants add constraint complainants_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_actions add constraint complaint_actions_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_attachments add constraint complaint_attachments_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_closings add constraint complaint_closings_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_documents add constraint complaint_documents_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_evidence add constraint complaint_evidence_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_proposals add constraint complaint_proposals_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_requests add constraint complaint_requests_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_steps add constraint complaint_steps_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table complaint_texts add constraint complaint_texts_complaint_no_fkey foreign key (complaint_no) references complaints;
alter table received_mails add constraint received_mails_complaint_no_fkey foreign key (complaint_no) references complaints;

-- Views keep their grants: what they read is the table of this name by now.
create or replace view complaint_register as
select 0::bigint as step_id, c.complaint_no, 'receive complaint' as act,
       jsonb_build_object('channel', c.channel, 'product', first.product, 'category', first.category) as detail,
       c.received_by as by, c.received_role as role, c.registered_at as at
  from complaints c join complainants w using (complaint_no),
       lateral (select v.product, v.category
                  from (select h.version, h.product, h.category from history.complaints h where h.complaint_no = c.complaint_no
                        union all select null, c.product, c.category) v
                 order by v.version limit 1) first
 where w.receipt_key is not null
union all
select step_id, complaint_no, act, detail, by, role, at from complaint_steps;
create or replace view complaint_words as
select null::bigint as text_id, w.complaint_no, said.kind, null::bigint as task_id, null::integer as request_no, said.text,
       c.received_by as written_by, c.registered_at as written_at, c.received_at
  from complainants w join complaints c using (complaint_no), lateral (values ('facts', w.facts), ('claim', w.claim)) said (kind, text)
 where said.text is not null
union all
select text_id, complaint_no, kind, task_id, request_no, text, written_by, written_at, coalesce(received_at, written_at) from complaint_texts;
drop table complaints_before;

-- Nobody asks for a complaint as it was by its process.
drop index history.complaints_expr_idx;
alter table history.complaints add column other_urgency text, alter revision type smallint, alter level type smallint;
update history.complaints set other_urgency = urgency where urgency <> 'ordinary';
alter table history.complaints drop column urgency;
update history.kept_tables set found_by = key_columns where table_name = 'complaints';
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'complaints';

alter table complainants alter receipt_content type bytea using substr(receipt_content, 1, 16),
  add constraint complainants_receipt_content_check check (length(receipt_content) = 16);
comment on column complainants.receipt_content is 'First half of the SHA-256 of what was received under the key.';

analyze complaints;
analyze history.complaints;
analyze complainants;
