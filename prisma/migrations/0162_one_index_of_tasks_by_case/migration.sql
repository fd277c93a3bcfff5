-- A task stands in one tree by the number of its process and the digest of its key, instead of in two hash indexes, by its key and by its
-- process: a tree of two numbers has 31 B an entry, both hashes together some 75. It finds the tasks of a process, and keeps a key asked once:
-- a key names its case, so the same key comes from the same process. Two keys of one number that share a digest of 64 bits, of which the second
-- would be refused, are one in 10^19 pairs. What its facts say of its case is the number of its process, and not kept.

drop view as_of.tasks;
alter table tasks drop constraint tasks_are_asked_once, drop constraint facts_can_be_read;
drop index tasks_of_process;
alter table tasks
  drop column facts,
  alter facts_told drop not null,
  alter revision type smallint,
  add names_its_case boolean not null default false;
alter table tasks
  add facts jsonb not null generated always as (case when names_its_case
    then coalesce(facts_told, '{}')::jsonb || jsonb_object(array['complaint', substr(workflow_id, strpos(workflow_id, ':') + 1)])
    else coalesce(facts_told, '{}')::jsonb end) virtual,
  add constraint facts_can_be_read check (facts_told is null or facts_told::jsonb is not null);
comment on column tasks.facts_told is 'What to decide on besides, as JSON text; null: nothing. facts reads it.';
comment on column tasks.names_its_case is 'Among its facts is the complaint, the number of its process.';
create unique index tasks_are_asked_once on tasks
  (case_number(workflow_id),
   hashtextextended(coalesce(other_key, substr(kind, strpos(kind, '-') + 1) || '-' || split_part(kind, '-', 1) || ':'
     || substr(workflow_id, strpos(workflow_id, ':') + 1) || key_tail), 0));

-- Earlier rows and their versions keep their facts whole.
alter table history.tasks alter revision type smallint, add names_its_case boolean not null default false;
alter table history.tasks alter names_its_case drop default;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'tasks';

analyze tasks;
analyze history.tasks;
