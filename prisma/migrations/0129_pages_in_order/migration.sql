-- Thousands of cases that were received on one day are due at one instant: a page of them is read in its order, not put in order from all of
-- them (0092 had left the number out).
drop index tasks_open, tasks_open_by_due, tasks_open_of_kind, tasks_held, deadlines_open;
create index tasks_open on tasks (role, side, coalesce(due_at, 'infinity'), task_id) where state in ('open', 'claimed');
create index tasks_open_by_due on tasks (coalesce(due_at, 'infinity'), task_id) where state in ('open', 'claimed');
create index tasks_open_of_kind on tasks (kind, role, side, coalesce(due_at, 'infinity'), task_id) where state in ('open', 'claimed');
create index tasks_held on tasks (claimed_by, coalesce(due_at, 'infinity'), task_id) where state = 'claimed';
create index deadlines_open on deadlines (due_at, deadline_id) where ended_at is null;

-- Rows that change several times while their process begins: their space is given back before the tables have grown by a fifth.
alter table outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
alter table tasks set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
alter table deadlines set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
