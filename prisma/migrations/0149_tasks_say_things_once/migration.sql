-- A task says once what it is about: its key of business follows from its kind and the number of its process where it does, and is a column
-- as it was, which takes no room. Its facts are kept as the text that they come as, a fifth shorter than its binary form; what is fixed in
-- length comes first, so nothing is padded. Lists of what waits are ordered by due time alone: many are due at the end of the same day, and
-- stand in an index as one entry. Of those that wait a text is looked for in the keys themselves.

create function task_key(other_key text, kind text, workflow_id text, key_tail text) returns text language sql immutable parallel safe
begin atomic
  select coalesce(other_key, substr(kind, strpos(kind, '-') + 1) || '-' || split_part(kind, '-', 1) || ':'
                             || substr(workflow_id, strpos(workflow_id, ':') + 1) || key_tail);
end;
comment on function task_key(text, text, text, text) is
  'Key of business of a task: kind register-complaint of process complaint:T20250623-000001, with tail :1, is complaint-register:T20250623-000001:1.';

drop view as_of.tasks;
alter table approvals drop constraint approvals_task_id_fkey, drop constraint approvals_first_task_fkey;
alter table complaint_texts drop constraint complaint_texts_task_id_fkey;
alter table task_bulk_rows drop constraint task_bulk_rows_task_id_fkey;
alter table task_events drop constraint task_events_task_id_fkey;
alter table tasks drop constraint tasks_first_task_fkey;
drop index tasks_ended, tasks_ended_by_due, tasks_ended_by_key, tasks_ended_of_title, tasks_held, tasks_made, tasks_of_first, tasks_of_process,
  tasks_open, tasks_open_by_due, tasks_open_by_key, tasks_open_of_kind, tasks_open_of_title;
alter table tasks drop constraint tasks_pkey, drop constraint tasks_are_asked_once;
alter sequence tasks_task_id_seq rename to tasks_before_id_seq;
alter table tasks rename to tasks_before;

create table tasks (
  task_id        bigint not null generated always as identity,
  opened_at      timestamptz not null default business_now(),
  due_at         timestamptz(3),
  done_at        timestamptz,
  first_task     bigint,
  amount_fen     bigint,
  form_id        integer not null,
  title_id       integer not null,
  revision       integer not null,
  form_version   smallint not null,
  checkers       smallint not null default 1,
  bulk_allowed   boolean not null default true,
  workflow_id    text not null,
  kind           text not null,
  other_key      text,
  key_tail       text,
  role           text not null,
  mark           text,
  side           side_of_business,
  branch         text,
  state          text not null,
  claimed_by     text,
  assigned_by    text,
  made_by        text,
  made_for       text,
  subject_kind   text,
  subject_id     text,
  content_sha256 text,
  facts_told     text not null,
  outcome        jsonb,
  business_key   text not null generated always as (coalesce(other_key, substr(kind, strpos(kind, '-') + 1) || '-' || split_part(kind, '-', 1) || ':'
                   || substr(workflow_id, strpos(workflow_id, ':') + 1) || key_tail)) virtual,
  facts          jsonb not null generated always as (facts_told::jsonb) virtual,
  constraint tasks_pkey primary key (task_id),
  constraint tasks_are_asked_once exclude using hash
    ((coalesce(other_key, substr(kind, strpos(kind, '-') + 1) || '-' || split_part(kind, '-', 1) || ':'
        || substr(workflow_id, strpos(workflow_id, ':') + 1) || key_tail)) with =),
  constraint key_is_told_once check (num_nonnulls(other_key, key_tail) = 1),
  constraint tasks_first_task_fkey foreign key (first_task) references tasks,
  constraint tasks_form_id_fkey foreign key (form_id) references task_forms,
  constraint tasks_title_id_fkey foreign key (title_id) references task_titles,
  constraint tasks_role_fkey foreign key (role) references roles,
  constraint tasks_state_check check (state in ('open', 'claimed', 'done', 'withdrawn')),
  constraint tasks_checkers_check check (checkers between 1 and 2),
  constraint tasks_check check ((subject_kind is null) = (subject_id is null)),
  constraint approval_has_a_maker check (content_sha256 is null or made_by is not null),
  constraint assigned_to_somebody check (assigned_by is null or claimed_by is not null),
  constraint claimed_by_somebody check (state <> 'claimed' or claimed_by is not null),
  constraint facts_can_be_read check (facts_told::jsonb is not null)
);
comment on column tasks.other_key is 'Its key of business, where that does not begin with its kind, the verb after the thing, and the number of its process.';
comment on column tasks.key_tail is 'What its key of business has after them, mostly for which time it is asked.';
comment on column tasks.facts_told is 'What to decide on, as JSON text; facts reads it.';
comment on column tasks.claimed_by is 'Who holds the task: claimed it, was assigned it, or had it sent back.';
comment on column tasks.assigned_by is 'Who gave the task to its holder; none where the holder claimed it.';
comment on column tasks.bulk_allowed is 'False where each needs a look of its own: not completed in bulk.';
comment on column tasks.made_for is 'Principal for whom the maker acted.';
comment on column tasks.first_task is 'Of the task of a second checker: the task of the first.';
comment on column tasks.subject_kind is 'Of an approval: kind and number of the row that it decides about.';
comment on column tasks.content_sha256 is 'What is shown for approval, frozen: the subject, the facts and the revision.';

create function tail_of_key(business_key text, begins_with text) returns text language sql immutable as $$
  select case when starts_with(business_key, begins_with) then substr(business_key, length(begins_with) + 1) end
$$;
insert into tasks (task_id, opened_at, due_at, done_at, first_task, amount_fen, form_id, title_id, revision, form_version, checkers, bulk_allowed,
                   workflow_id, kind, other_key, key_tail, role, mark, side, branch, state, claimed_by, assigned_by, made_by, made_for,
                   subject_kind, subject_id, content_sha256, facts_told, outcome)
overriding system value
select task_id, opened_at, due_at, done_at, first_task, amount_fen, form_id, title_id, revision, form_version, checkers, bulk_allowed,
       workflow_id, kind, case when tail is null then business_key end, tail, role, mark, side, branch, state, claimed_by, assigned_by, made_by,
       made_for, subject_kind, subject_id, content_sha256, facts::text, outcome
  from tasks_before, tail_of_key(business_key, task_key(null, kind, workflow_id, '')) tail
 order by task_id;
select setval('tasks_task_id_seq', last_value, is_called) from tasks_before_id_seq;
drop table tasks_before;

alter table approvals add constraint approvals_task_id_fkey foreign key (task_id) references tasks,
  add constraint approvals_first_task_fkey foreign key (first_task) references tasks;
alter table complaint_texts add constraint complaint_texts_task_id_fkey foreign key (task_id) references tasks;
alter table task_bulk_rows add constraint task_bulk_rows_task_id_fkey foreign key (task_id) references tasks;
alter table task_events add constraint task_events_task_id_fkey foreign key (task_id) references tasks;

create index tasks_of_process on tasks using hash (workflow_id);
create index tasks_made on tasks (made_by) where made_by is not null and state in ('open', 'claimed');
create index tasks_of_first on tasks (first_task) where first_task is not null;
-- Those that wait are some ten thousand at most times: by kind, holder or title they are read all, which is sooner done than asked over HTTP.
create index tasks_open on tasks (role, side, (coalesce(due_at, 'infinity'))) where state in ('open', 'claimed');
create index tasks_ended on tasks (role, side, (coalesce(due_at, 'infinity')), task_id) where state in ('done', 'withdrawn');
create index tasks_ended_by_due on tasks ((coalesce(due_at, 'infinity')), task_id) where state in ('done', 'withdrawn');
create index tasks_ended_of_title on tasks (title_id) where state in ('done', 'withdrawn');
create index tasks_ended_by_key on tasks using gin (searched_runs(coalesce(other_key,
    substr(kind, strpos(kind, '-') + 1) || '-' || split_part(kind, '-', 1) || ':' || substr(workflow_id, strpos(workflow_id, ':') + 1) || key_tail)))
  with (gin_pending_list_limit = 256) where state in ('done', 'withdrawn');
alter table tasks set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
grant select, insert, update on tasks to southbound_app;
grant usage on sequence tasks_task_id_seq to southbound_app;

create trigger task_maker_is_written_once before update on tasks for each row
  execute function is_written_once('made_by', 'made_for', 'first_task', 'subject_kind', 'subject_id');
-- A trigger does not see what follows from a row.
create function key_is_written_once() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  raise exception 'business_key of % is written once', tg_table_name using errcode = 'check_violation', constraint = tg_name;
end $$;
create trigger task_key_is_written_once before update on tasks for each row
  when (task_key(old.other_key, old.kind, old.workflow_id, old.key_tail) <> task_key(new.other_key, new.kind, new.workflow_id, new.key_tail))
  execute function key_is_written_once();

alter table history.tasks add column other_key text, add column key_tail text, add column facts_told text;
update history.tasks t
   set other_key = case when tail is null then t.business_key end, key_tail = tail, facts_told = t.facts::text
  from history.tasks same, tail_of_key(same.business_key, task_key(null, same.kind, same.workflow_id, '')) tail
 where same.version = t.version;
alter table history.tasks drop column business_key, drop column facts;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'tasks';
drop function tail_of_key(text, text);
