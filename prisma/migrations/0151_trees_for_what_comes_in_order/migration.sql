-- A hash index doubles its pages as it grows, and has 30 to 65 B an entry; numbers of cases come in order, where a tree is full.
drop index deadlines_of_process, tasks_of_process, complaints_of_process, processes_by_business_key;
create index deadlines_of_process on deadlines (coalesce(other_workflow, process || ':' || subject));
create index tasks_of_process on tasks (workflow_id);
create index complaints_of_process on complaints (('complaint:' || complaint_no));
create index processes_by_business_key on processes (substr(workflow_id, strpos(workflow_id, ':') + 1));

-- Who holds what is asked by person alone where the particulars of a complaint are read.
create index tasks_held on tasks (claimed_by) where state = 'claimed';
create index on history.complaints (('complaint:' || complaint_no));

-- The history has the types of the table, so that a reading as of a day is planned as one of both.
drop view as_of.tasks, as_of.deadlines;
alter table history.tasks alter form_version type smallint, alter checkers type smallint;
alter table history.deadlines alter limit_n type smallint, alter stopped_days_at_most type smallint, alter revision type smallint;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name in ('tasks', 'deadlines');

-- Tables that were made anew are planned by what is in them.
analyze tasks;
analyze deadlines;
analyze history.tasks;
analyze history.deadlines;
