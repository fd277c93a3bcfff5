-- Delegations and roles that are asked for are known again by their request; complaints, callbacks, restricted lists and calendars are seen
-- as they were at an instant.

alter table delegations add column request_key text unique, add column request_sha256 text;
alter table delegations add constraint delegation_request_is_whole check ((request_key is null) = (request_sha256 is null));
comment on column delegations.request_key is 'Person and key of the request: the same is the same delegation.';
comment on column delegations.request_sha256 is 'Digest of what was asked for: the same key with something else is refused.';
alter table role_grants add column request_key text unique, add column request_sha256 text;
alter table role_grants add constraint role_request_is_whole check ((request_key is null) = (request_sha256 is null));
comment on column role_grants.request_key is 'Person and key of the request: the same is the same role that is asked for.';
comment on column role_grants.request_sha256 is 'Digest of what was asked for: the same key with something else is refused.';

insert into history.kept_tables values
  ('complaints',         '{complaint_no}',             '{workflow_id}'),
  ('complaint_requests', '{complaint_no, request_no}', '{complaint_no}'),
  ('complaint_actions',  '{complaint_no, action_no}',  '{complaint_no}'),
  ('callbacks',          '{callback_no}',              '{workflow_id}');
select history.keep_versions();

create view as_of.complaint_steps as select * from public.complaint_steps where at <= as_of.instant();
create view as_of.callback_attempts as select * from public.callback_attempts where begun_at <= as_of.instant();
create view as_of.callback_results as select * from public.callback_results where recorded_at <= as_of.instant();
comment on view as_of.callback_results is 'Written once and never changed, like steps and attempts: what had been written by then.';

-- Versions of calendars are added and never changed; those of the list are decided once. When they were known says the business clock.
alter table calendar_versions add column known_at timestamptz not null default coalesce(business_now(), clock_timestamp());
comment on column calendar_versions.known_at is 'From when on the book counted by it, on the business clock; loaded_at is real time.';
create view as_of.calendar_versions as select * from public.calendar_versions where known_at <= as_of.instant();
create view as_of.calendar_days as select * from public.calendar_days;
create view as_of.restricted_lists as
  select version, sha256, row_count, source, reason, imported_by, imported_at, request_key,
         case when decided_at <= as_of.instant() then decision end as decision,
         case when decided_at <= as_of.instant() then decided_by end as decided_by,
         case when decided_at <= as_of.instant() then decided_at end as decided_at,
         case when decided_at <= as_of.instant() then effective_from end as effective_from
    from public.restricted_lists where imported_at <= as_of.instant();
create view as_of.restricted_identities as select * from public.restricted_identities;
comment on view as_of.calendar_days is 'Written with their version and never changed: whoever finds the version finds its days.';

-- What a reading says of now it says of then: until when a clock stands, whether a delegation is in force, when a call is allowed.
create function as_of.business_now() returns timestamptz language sql stable parallel safe as $$ select as_of.instant() $$;
comment on function as_of.business_now() is 'The instant of which is read, where names are looked for in this schema first.';

grant select on as_of.complaint_steps, as_of.callback_attempts, as_of.callback_results, as_of.calendar_versions, as_of.calendar_days,
  as_of.restricted_lists, as_of.restricted_identities to southbound_app;
grant execute on function as_of.business_now() to southbound_app;
