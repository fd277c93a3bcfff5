-- A hash index doubles its pages when they are three quarters full, unless told: filled to the brim it has 30 to 53 B an entry, some 40 on
-- the average, against 41 to 61, and a tree over the id of a process has 50. What is only ever looked up as a whole is found by such.
alter index tasks_are_asked_once set (fillfactor = 100);
reindex index tasks_are_asked_once;
alter index task_forms_are_known_by_content set (fillfactor = 100);
reindex index task_forms_are_known_by_content;
drop index tasks_of_process, processes_by_business_key;
create index tasks_of_process on tasks using hash (workflow_id) with (fillfactor = 100);
create index processes_by_business_key on processes using hash (substr(workflow_id, strpos(workflow_id, ':') + 1)) with (fillfactor = 100);
