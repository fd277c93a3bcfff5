-- A form is kept once however many tasks ask it: its JSON Schema was most of what an open task took. It stays frozen with each task, because
-- what is asked otherwise is another form.

create table task_forms (
  form_id integer generated always as identity primary key,
  form    jsonb not null,
  constraint task_forms_are_known_by_content exclude using hash (form with =)
);
comment on table task_forms is 'Forms of tasks, a JSON Schema each, known by what they say. Written once, never changed.';
grant select, insert on task_forms to southbound_app;

create function task_form(asked jsonb) returns integer language plpgsql as $$
declare
  found_id integer;
begin
  loop
    select form_id into found_id from task_forms where form = asked;
    if found_id is not null then return found_id; end if;
    insert into task_forms (form) values (asked) on conflict do nothing returning form_id into found_id;
    if found_id is not null then return found_id; end if;
  end loop;
end $$;
comment on function task_form(jsonb) is 'Number of the form, which is entered where it is asked for the first time.';

insert into task_forms (form) select form from tasks union select form from history.tasks;
alter table tasks add column form_id integer references task_forms;
alter table history.tasks add column form_id integer;
alter table tasks disable trigger user;
update tasks t set form_id = f.form_id from task_forms f where f.form = t.form;
update history.tasks t set form_id = f.form_id from task_forms f where f.form = t.form;
alter table tasks enable trigger user;
alter table tasks alter column form_id set not null;
drop view as_of.tasks;
alter table tasks drop column form;
alter table history.tasks drop column form;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'tasks';
create view as_of.task_forms as select * from public.task_forms;
comment on view as_of.task_forms is 'Written once and never changed: whoever finds the task finds its form.';
grant select on as_of.task_forms to southbound_app;

-- Texts of new tasks wait beside the index in a list that is looked through by every search: it is taken in earlier, and stays small.
alter index tasks_open_by_text set (gin_pending_list_limit = 256);
alter index tasks_ended_by_text set (gin_pending_list_limit = 256);
