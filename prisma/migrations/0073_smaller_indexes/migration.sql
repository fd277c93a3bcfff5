-- Indexes took half of an open case. What no query asks for goes; what is looked up by equality alone is found by less.

-- The audit. What is most of it - the acts of the system itself, and common words - is read backwards from the newest row, as the lists are;
-- the index of actions holds each word once. A row is found by the process, whose business key it need not say again.
drop index audit_by_object, audit_by_action, audit_by_actor, audit_by_process, audit_by_business_key;
create index audit_by_object on audit using hash (object_id);
create index audit_by_action on audit (action);
create index audit_by_actor on audit (actor, seq) where actor <> 'southbound';
create index audit_by_process on audit (workflow_id) where workflow_id is not null;
create index audit_by_business_key on audit (business_key) where business_key is not null;
create index processes_by_business_key on processes using hash (business_key);
comment on column audit.workflow_id is 'Process in which it was done; business_key: that of the object, where it is not that of the process.';

-- Lists of tasks: whoever holds some holds few of each role.
drop index tasks_held_of_role;

-- Promises: each stands in one list of the two, open or ended.
drop index deadlines_by_due;
create index deadlines_ended on deadlines (due_at, deadline_id) where ended_at is not null;

-- Complaints: lists run by number, of those that are open and of all; reports by when they were received, which is the order of the rows.
drop index complaints_of_branch, complaints_open, complaints_received;
create index complaints_open on complaints (complaint_no) where ended_at is null;
create index complaints_received on complaints using brin (received_at) with (pages_per_range = 16, autosummarize = on);
drop index complainants_by_client;
create index complainants_by_client on complainants (client_no) where client_no is not null;
drop index complaint_texts_of_task;
create index complaint_texts_of_task on complaint_texts (task_id, text_id) where task_id is not null;

-- Attempts are read with their message only.
alter table message_attempts drop constraint message_attempts_pkey, add constraint message_attempts_pkey primary key (message_id, attempt_id);
drop index message_attempts_of_message;

-- Messages: those that went the way of most are read backwards from the newest.
drop index outbox_by_state;
create index outbox_by_state on outbox (state, message_id) where kind = 'notice' and state not in ('sent', 'delivered');
