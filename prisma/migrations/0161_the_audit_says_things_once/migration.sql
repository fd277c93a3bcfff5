-- A row of the audit keeps its process only where that does not follow from its object: what is done to complaint T20250623-000001 in process
-- complaint:T20250623-000001 says so once. What was after is the JSON text that it came as. Rows that were written before stay as they are,
-- and seals say of all of them what they said: workflow_id and after read the same (docs/decisions/0102-what-an-open-complaint-is-made-of.md).
drop index audit_by_object, audit_by_process;
alter table audit rename workflow_id to other_workflow;
alter table audit rename after to after_kept;
alter table audit
  add column is_of_its_object boolean,
  add column told text,
  add column workflow_id text generated always as (case when is_of_its_object then object_type || ':' || object_id else other_workflow end) virtual,
  add column after jsonb generated always as (coalesce(told::jsonb, after_kept)) virtual,
  -- By these digits the row is found by its process, too.
  add constraint object_is_counted_by_its_number check (is_of_its_object is not true or object_type !~ '\d'),
  add constraint process_is_told_once check (is_of_its_object is not true or other_workflow is null),
  add constraint after_is_told_once check (told is null or after_kept is null),
  add constraint told_can_be_read check (told is null or told::jsonb is not null);
comment on column audit.other_workflow is 'Process in which it was done, where that is not the one of its object.';
comment on column audit.is_of_its_object is 'It was done in the process of its object, whose id is the kind of the object and its key.';
comment on column audit.told is 'What was after, as JSON text.';
comment on column audit.after_kept is 'What was after, of rows that were written before it was kept as text.';
comment on column audit.workflow_id is 'Process in which it was done; business_key: that of the object, where it is not that of the process.';

-- Of one object or process there may be very many rows: a tree keeps such together, where a hash index would look through all pages of them.
create index audit_by_object on audit (case_number(object_id));
create index audit_by_process on audit (case_number(other_workflow)) where other_workflow is not null;

revoke insert (after_kept) on audit from southbound_app;
grant insert (is_of_its_object, told) on audit to southbound_app;

-- Rows and seals come one after the other, and are never changed.
alter index audit_pkey set (fillfactor = 100);
alter index audit_seals_pkey set (fillfactor = 100);
analyze audit;
