-- Complaints: what was received, who handles it, what was found, decided, paid and answered. Whoever complains, and every text that people
-- write about the matter, stand in tables of their own (complainants, complaint_texts); nothing else here is personal.

-- ------------------------------------------------------------------------------------------------ who is kept out of a process

create table process_exclusions (
  exclusion_id bigint generated always as identity primary key,
  workflow_id  text not null,
  person       text not null references people,
  cause        text not null check (cause in ('complained about', 'superior', 'recused')),
  entered_by   text not null,
  entered_at   timestamptz not null default business_now(),
  unique (workflow_id, person, cause)
);
comment on table process_exclusions is
  'Who may do no work of a process, by whatever account or delegation: whoever is complained about, the direct superior, whoever is recused.';

-- -------------------------------------------------------------------------------------------------------------- complaints

create table complaint_numbers (
  business_date date primary key,
  last_no       integer not null
);
comment on table complaint_numbers is 'The last number given on a day; whoever takes one waits for the one before, so numbers have no holes.';

create table complaints (
  complaint_no   text primary key check (complaint_no ~ '^T\d{8}-\d{6}$'),
  workflow_id    text not null unique,
  channel        text not null check (channel in ('telephone', 'email', 'web', 'app', 'branch', 'letter', 'regulator', 'exchange')),
  product        text not null,
  category       text not null,
  subcategory    text,
  branch         text,
  claimed_fen    bigint check (claimed_fen > 0),
  about_workflow text,
  about_event    bigint,
  transfer_no    text,
  transferred_at timestamptz,
  received_at    timestamptz not null,
  registered_at  timestamptz not null default business_now(),
  received_by    text not null,
  received_role  text not null,
  state          text not null default 'received' check (state in
                   ('received', 'incomplete', 'registered', 'accepted', 'assigned', 'decided', 'answered', 'reopened', 'closed', 'disputed', 'refused', 'duplicate')),
  revision       integer not null default 1 check (revision > 0),
  level          integer not null default 1 check (level in (1, 2)),
  handler        text,
  handler_role   text,
  handler_branch text,
  duplicate_of   text references complaints,
  group_of       text references complaints,
  ended_at       timestamptz,
  check (received_at <= registered_at),
  check (duplicate_of <> complaint_no and group_of <> complaint_no),
  check ((duplicate_of is not null) = (state = 'duplicate')),
  check ((ended_at is not null) = (state in ('closed', 'disputed', 'refused', 'duplicate'))),
  check ((channel in ('regulator', 'exchange')) = (transfer_no is not null and transferred_at is not null)),
  check (transferred_at <= received_at),
  check ((handler is null) = (handler_role is null)),
  check ((about_event is null) or (about_workflow is not null))
);
comment on table complaints is 'One complaint a row, without anything personal. Its clocks run from received_at, those of a transfer also from transferred_at.';
comment on column complaints.revision is 'Counted with every act of intake: the process is told, and reads what is newer than it knows.';
comment on column complaints.received_by is 'Whoever received it first owes its registration (first-receiver duty).';
comment on column complaints.about_event is 'Event of the history of about_workflow that the complainant means.';
create unique index one_complaint_a_transfer on complaints (channel, transfer_no) where transfer_no is not null;
create index complaints_open on complaints (state, complaint_no) where ended_at is null;
create index complaints_of_branch on complaints (branch, complaint_no);
create index complaints_of_handler on complaints (handler) where ended_at is null;
create trigger complaint_is_written_once before update on complaints for each row
  execute function is_written_once('complaint_no', 'workflow_id', 'channel', 'product', 'category', 'claimed_fen', 'transfer_no', 'transferred_at',
                                   'received_at', 'registered_at', 'received_by', 'duplicate_of', 'ended_at');

create table complainants (
  complaint_no text primary key references complaints,
  name         text,
  contact      text,
  client_no    text references registered_clients,
  fund_account text,
  check (name is not null or client_no is not null)
);
create index complainants_by_client on complainants (client_no);
comment on table complainants is 'Personal: who complains, and how to be reached. Read by those who handle the complaint only, and each look is audited.';

create table complaint_texts (
  text_id      bigint generated always as identity primary key,
  complaint_no text not null references complaints,
  kind         text not null check (kind in ('facts', 'claim', 'supplement', 'question', 'task')),
  task_id      bigint references tasks,
  request_no   integer,
  text         text not null check (length(text) between 1 and 10000),
  written_by   text not null,
  written_at   timestamptz not null default business_now(),
  check ((kind = 'task') = (task_id is not null)),
  check ((kind = 'question') = (request_no is not null))
);
create index complaint_texts_of_complaint on complaint_texts (complaint_no, text_id);
create index complaint_texts_of_task on complaint_texts (task_id, text_id);
comment on table complaint_texts is
  'Personal: what happened and what is claimed in the words of the complainant; questions, answers, findings and decisions in those of whoever does a task.';

create table complaint_steps (
  step_id      bigint generated always as identity primary key,
  complaint_no text not null references complaints,
  act          text not null,
  detail       jsonb not null default '{}',
  by           text not null,
  role         text,
  at           timestamptz not null default business_now()
);
create index complaint_steps_of_complaint on complaint_steps (complaint_no, step_id);
comment on table complaint_steps is 'The register of a complaint: what was done, by whom, when. No personal data.';

create table complaint_acts (
  act_key text primary key,
  step_id bigint not null unique references complaint_steps,
  kept    jsonb not null
);
comment on table complaint_acts is 'What was answered to an act under its key, so that the same act is answered the same again.';

create table complaint_requests (
  complaint_no text not null references complaints,
  request_no   integer not null check (request_no > 0),
  role         text not null,
  branch       text,
  due_days     integer not null check (due_days > 0),
  asked_by     text not null,
  asked_at     timestamptz not null default business_now(),
  state        text not null default 'open' check (state in ('open', 'answered', 'gone on without')),
  ended_by     text,
  ended_at     timestamptz,
  primary key (complaint_no, request_no),
  check ((state = 'open') = (ended_at is null)),
  check ((ended_at is null) = (ended_by is null))
);
comment on table complaint_requests is 'Sub-requests of an investigation to departments: each with its due date, its answer, or the word of compliance to go on without.';

create table complaint_proposals (
  proposal_id  bigint generated always as identity primary key,
  complaint_no text not null references complaints,
  nth          integer not null check (nth > 0),
  level        integer not null,
  finding      text not null check (finding in ('upheld', 'partly upheld', 'not upheld')),
  amount_fen   bigint not null check (amount_fen >= 0),
  made_by      text not null,
  made_for     text,
  made_at      timestamptz not null default business_now(),
  state        text not null default 'awaiting approval' check (state in ('awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn')),
  approved_by  text,
  approved_for text,
  approved_at  timestamptz,
  unique (complaint_no, nth),
  check ((state = 'approved') = (approved_by is not null and approved_at is not null)),
  constraint proposer_never_approves check (approved_by <> made_by)
);
comment on table complaint_proposals is 'What a handler proposes to decide, and how much to pay; decided by others.';
create trigger proposer_is_no_approver after insert or update on complaint_proposals for each row
  execute function maker_is_no_checker('made_by made_for', 'approved_by approved_for');
create trigger proposal_is_written_once before update on complaint_proposals for each row
  execute function is_written_once('complaint_no', 'nth', 'finding', 'amount_fen', 'made_by', 'made_for', 'approved_by', 'approved_at');

create table complaint_closings (
  complaint_no text primary key references complaints,
  root_cause   text not null,
  ended_as     text not null check (ended_as in ('closed', 'disputed')),
  closed_by    text not null,
  closed_at    timestamptz not null default business_now()
);
comment on table complaint_closings is 'Why it came to the complaint, as a code of the house.';

create table complaint_extensions (
  extension_id bigint generated always as identity primary key,
  complaint_no text not null references complaints,
  further_n    integer not null check (further_n > 0),
  reason       text not null,
  asked_by     text not null,
  asked_at     timestamptz not null default business_now()
);
create index complaint_extensions_of_complaint on complaint_extensions (complaint_no, extension_id);
comment on table complaint_extensions is 'More time that a handler asked for; how it was decided stands with the promise (deadline_extensions).';

create table complaint_actions (
  complaint_no text not null references complaints,
  action_no    integer not null check (action_no > 0),
  role         text not null,
  branch       text,
  due_days     integer not null check (due_days > 0),
  state        text not null default 'open' check (state in ('open', 'done')),
  done_by      text,
  done_at      timestamptz,
  primary key (complaint_no, action_no),
  check ((state = 'done') = (done_by is not null and done_at is not null))
);
comment on table complaint_actions is 'Corrective actions that follow from a complaint, each owed by a department and tracked to its end.';

create table complaint_documents (
  document_id  bigint generated always as identity primary key,
  complaint_no text not null references complaints,
  kind         text not null check (kind in ('attachment', 'evidence', 'file')),
  sha256       text not null references documents,
  filed_by     text not null,
  filed_at     timestamptz not null default business_now(),
  unique (complaint_no, kind, sha256)
);
comment on table complaint_documents is 'What belongs to a complaint in the store of documents, by digest: what came with it, frozen evidence, the complete file.';

-- ------------------------------------------------------------------------------------------------------------ compensation

alter table orders drop constraint orders_kind_check;
alter table orders add constraint orders_kind_check check (kind in ('FUND', 'DRAW_BACK', 'COMMISSION', 'COMPENSATION'));
alter table orders add column case_key text;
alter table orders add constraint compensation_is_of_a_case check ((kind = 'COMPENSATION') = (case_key is not null));
comment on column orders.case_key is 'What a compensation pays for; paid once whatever happens.';
create unique index one_compensation_a_case on orders (case_key)
  where case_key is not null and state in ('awaiting approval', 'approved', 'sent', 'executed');

insert into ledgers values
  ('compensation_cost', 'debit', '客户赔付支出', 'compensation paid to clients');

grant select, insert on process_exclusions, complaint_numbers, complaints, complainants, complaint_texts, complaint_steps, complaint_acts,
  complaint_requests, complaint_proposals, complaint_closings, complaint_actions, complaint_extensions, complaint_documents to southbound_app;
grant update (last_no) on complaint_numbers to southbound_app;
grant update (state, revision, level, handler, handler_role, handler_branch, duplicate_of, group_of, ended_at) on complaints to southbound_app;
grant update (state, ended_by, ended_at) on complaint_requests to southbound_app;
grant update (state, approved_by, approved_for, approved_at) on complaint_proposals to southbound_app;
grant update (state, done_by, done_at) on complaint_actions to southbound_app;
grant usage on all sequences in schema public to southbound_app;
