-- The title of a task is kept once, as its form is: most tasks of a kind have the same one. A text is looked for among the titles themselves,
-- which are few, and among the keys of business, which are each task's own.

create table task_titles (
  title_id integer generated always as identity primary key,
  zh       text not null,
  en       text not null,
  constraint task_titles_are_known_by_content unique (zh, en)
);
comment on table task_titles is 'Titles of tasks, in both languages, known by what they say. Written once, never changed.';
grant select, insert on task_titles to southbound_app;

create function task_title(asked_zh text, asked_en text) returns integer language plpgsql as $$
declare
  found_id integer;
begin
  loop
    select title_id into found_id from task_titles where zh = asked_zh and en = asked_en;
    if found_id is not null then return found_id; end if;
    insert into task_titles (zh, en) values (asked_zh, asked_en) on conflict do nothing returning title_id into found_id;
    if found_id is not null then return found_id; end if;
  end loop;
end $$;
comment on function task_title(text, text) is 'Number of the title, which is entered where it is asked for the first time.';

insert into task_titles (zh, en) select title_zh, title_en from tasks union select title_zh, title_en from history.tasks;
alter table tasks add column title_id integer references task_titles;
alter table history.tasks add column title_id integer;
alter table tasks disable trigger user;
update tasks t set title_id = s.title_id from task_titles s where s.zh = t.title_zh and s.en = t.title_en;
update history.tasks t set title_id = s.title_id from task_titles s where s.zh = t.title_zh and s.en = t.title_en;
alter table tasks enable trigger user;
alter table tasks alter column title_id set not null;
drop index tasks_open_by_text, tasks_ended_by_text;
drop view as_of.tasks;
alter table tasks drop column title_zh, drop column title_en;
alter table history.tasks drop column title_zh, drop column title_en;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'tasks';
create view as_of.task_titles as select * from public.task_titles;
comment on view as_of.task_titles is 'Written once and never changed: whoever finds the task finds its title.';
grant select on as_of.task_titles to southbound_app;

-- What waits and what has ended are indexed apart, as the lists ask for them.
create index tasks_open_of_title on tasks (title_id) where state in ('open', 'claimed');
create index tasks_ended_of_title on tasks (title_id) where state in ('done', 'withdrawn');
create index tasks_open_by_key on tasks using gin (searched_runs(business_key)) with (gin_pending_list_limit = 256) where state in ('open', 'claimed');
create index tasks_ended_by_key on tasks using gin (searched_runs(business_key)) with (gin_pending_list_limit = 256) where state in ('done', 'withdrawn');
