-- A later notice may name another security, or another kind: each version says which, and what was filed stays filed under the one of then.
alter table corporate_action_versions add column kind text, add column code text;
update corporate_action_versions v set kind = a.kind, code = a.code from corporate_actions a where a.event_id = v.event_id;
alter table corporate_action_versions alter column kind set not null, alter column code set not null;

alter table election_filings add column code text;
comment on column election_filings.code is 'Security under which it was filed, where the event has another one since; null: that of the event.';
grant update (code) on election_filings to southbound_app;

-- A date that the calendar does not know is left open until it does; then the house computes it, by a version of its own where elections open with it.
alter table corporate_actions alter column relevant_on drop not null;
comment on column corporate_actions.relevant_on is
  'Day whose settled holding says who can elect; that of the record date, or a mainland trading day before it. Null: the calendar does not know it yet.';
comment on column corporate_actions.calendar_version is 'By which its dates were computed; a newer one computes them anew.';
alter table corporate_action_versions alter column file_id drop not null;
comment on column corporate_action_versions.file_id is 'That told it; null: the house, by a calendar that grew or was corrected.';
