-- What somebody does after a callback is owed by a time: working days from what brings it. Requests and complaints have limits of their own.
alter table callback_follow_ups add column days integer check (days > 0);
update callback_follow_ups set days = 5 where act = 'task';
alter table callback_follow_ups add check ((act = 'task') = (days is not null));
comment on column callback_follow_ups.days is 'Working days in which a task is done, from the call that brings it.';
