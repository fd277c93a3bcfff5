-- Terms that cannot be computed are left as they stand by two people (A1 §27).
alter table corporate_action_breaks add column approved_by text constraint two_people_leave_it check (approved_by is null or cleared_by is not null and approved_by <> cleared_by);
comment on column corporate_action_breaks.approved_by is 'Second person, where leaving it as it stands needs one.';
grant update (approved_by) on corporate_action_breaks to southbound_app;
