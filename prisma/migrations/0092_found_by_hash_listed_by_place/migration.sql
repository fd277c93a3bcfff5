-- Keys of business are long words. What is only ever looked up as a whole is found by its hash, which is unique all the same: a constraint
-- of exclusion compares the words themselves.
alter table outbox drop constraint outbox_message_key_key, add constraint messages_are_told_once exclude using hash (message_key with =);
alter table tasks drop constraint tasks_business_key_key, add constraint tasks_are_asked_once exclude using hash (business_key with =);
alter table deadlines drop constraint deadlines_business_key_key, add constraint promises_are_given_once exclude using hash (business_key with =);
alter table complaints drop constraint complaints_workflow_id_key, add constraint complaints_have_a_process_each exclude using hash (workflow_id with =);
drop index tasks_of_process;
create index tasks_of_process on tasks using hash (workflow_id);

-- A list of what is open goes by when it is due, and those due at one instant by number: they stand in the index as one entry, and are put
-- in order when their page is read.
drop index tasks_open, tasks_open_by_due, tasks_open_of_kind, tasks_held, deadlines_open;
create index tasks_open on tasks (role, side, coalesce(due_at, 'infinity')) where state in ('open', 'claimed');
create index tasks_open_by_due on tasks (coalesce(due_at, 'infinity')) where state in ('open', 'claimed');
create index tasks_open_of_kind on tasks (kind, role, side, coalesce(due_at, 'infinity')) where state in ('open', 'claimed');
create index tasks_held on tasks (claimed_by, coalesce(due_at, 'infinity')) where state = 'claimed';
create index deadlines_open on deadlines (due_at) where ended_at is null;

-- What few rows have is in no index of the others.
drop index complaints_of_handler;
create index complaints_of_handler on complaints (handler) where ended_at is null and handler is not null;
drop index audit_by_actor;
create index audit_by_actor on audit (actor) where actor <> 'southbound';

-- Texts of tasks: runs of three characters find a text of two as well, by how they begin; the last two characters stand for themselves. Runs
-- of two beside them were half of the index.
create function searched_runs(searched text) returns tsvector language sql immutable parallel safe
begin atomic
  select array_to_tsvector(coalesce(array_agg(distinct substr(lower(searched), n, 3)), '{}'::text[])) from generate_series(1, length(searched) - 1) n;
end;
comment on function searched_runs(text) is 'Every run of three neighbouring characters, and the last two; of Chinese, too, which has no words between blanks.';
create function runs_asked(asked text) returns tsquery language sql immutable parallel safe
begin atomic
  select string_agg('''' || replace(replace(run, '\', '\\'), '''', '''''') || '''' || case when length(asked) < 3 then ':*' else '' end, ' & ')::tsquery
    from (select distinct substr(lower(asked), n, 3) as run from generate_series(1, greatest(1, length(asked) - 2)) n) runs;
end;
comment on function runs_asked(text) is 'What searched_runs holds of a text that holds this one; of two characters any run that begins with them.';
drop index tasks_open_by_text, tasks_ended_by_text;
create index tasks_open_by_text on tasks using gin (searched_runs(title_zh || ' ' || title_en || ' ' || business_key))
  with (gin_pending_list_limit = 256) where state in ('open', 'claimed');
create index tasks_ended_by_text on tasks using gin (searched_runs(title_zh || ' ' || title_en || ' ' || business_key))
  with (gin_pending_list_limit = 256) where state in ('done', 'withdrawn');
drop function character_runs(text, integer);
