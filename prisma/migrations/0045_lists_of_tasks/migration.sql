-- A page of a list is the head of one range of an index: of a kind, and of what somebody holds, it had to be sorted out of thousands.
create index tasks_open_of_kind on tasks (kind, role, side, coalesce(due_at, 'infinity'), task_id) where state in ('open', 'claimed');
create index tasks_held_of_role on tasks (claimed_by, role, side, coalesce(due_at, 'infinity'), task_id) where state = 'claimed';
