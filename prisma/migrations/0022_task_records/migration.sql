-- Keys by which a request of a person is known again, and what became of the rows of bulks: what was done before is found done.

-- ------------------------------------------------------------------------------------------------------ many at once

alter table task_bulks add column request_sha256 text;
comment on column task_bulks.request_sha256 is 'Digest of what was asked for: the same key with something else is refused.';

alter table task_bulk_rows
  add column failures integer not null default 0,
  add column request_id text;
comment on column task_bulk_rows.attempt is
  'Counts the times that people asked; tries: calls in the attempt that ended without a result; failures: those of them in which the process itself failed.';
comment on column task_bulk_rows.request_id is 'Request of the newest attempt; none: that of the bulk.';
-- What has been tried least comes first: a process that does not answer holds up nobody.
drop index task_bulk_rows_waiting;
create index task_bulk_rows_waiting on task_bulk_rows (tries, bulk_id, place) where state = 'waiting';

-- ----------------------------------------------------------------------------------------------- what was asked before

alter table task_comments add column comment_key text unique;
comment on column task_comments.comment_key is 'Person and key of the request: the same is the same comment.';

create table parameter_change_requests (
  request_key    text primary key,
  change_id      bigint not null references parameter_changes,
  revision       integer not null,
  request_sha256 text not null,
  unique (change_id, revision)
);
comment on table parameter_change_requests is
  'By which request of whom a revision of a change was asked for, the first one included: the same request is the same revision.';

create index audit_refused_by_request on audit (request_id) where outcome = 'refused';
create index idempotency_under_way on idempotency (created_at) where status is null;
comment on index idempotency_under_way is 'Requests that have no answer yet: few beside those that have one.';

-- --------------------------------------------------------------------------------------------------- what was typed

create table typed_texts (
  text_id  bigint generated always as identity primary key,
  about    text not null,
  field    text not null,
  sha256   text not null,
  text     text not null check (text <> ''),
  typed_at timestamptz not null default business_now(),
  unique (about, field, sha256)
);
comment on table typed_texts is
  'What people typed freely into forms and reasons, which may name clients: processes carry references to it, so that no history holds it.';

-- --------------------------------------------------------------------------------------------------------- directory

-- For whom a hand acted counts like the hand itself.
alter table role_grants add column granted_for text, add column approved_for text;
drop trigger role_grant_maker_is_no_checker on role_grants;
create trigger role_grant_maker_is_no_checker before insert or update on role_grants for each row
  execute function maker_is_no_checker('person', 'requested_by', 'granted_by granted_for', 'approved_by approved_for');
drop trigger role_grant_is_written_once on role_grants;
create trigger role_grant_is_written_once before update on role_grants for each row
  execute function is_written_once('granted_by', 'granted_for', 'granted_at', 'approved_by', 'approved_for', 'approved_at', 'ended_by', 'ended_at');

-- ------------------------------------------------------------------------------------------------------------ grants

grant select, insert on parameter_change_requests, typed_texts to southbound_app;
grant update (failures, request_id) on task_bulk_rows to southbound_app;
grant update (granted_for, approved_for) on role_grants to southbound_app;
grant usage on all sequences in schema public to southbound_app;
