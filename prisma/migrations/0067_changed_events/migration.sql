-- What a later notice does to an event: elections may be collected in a further round, and a deadline that was approved stands until the notice
-- itself names another date.

alter table corporate_actions
  add column round integer not null default 1 check (round > 0),
  add column proven_round integer,
  add constraint elections_open_before_they_close check (opens_at < client_cut_at);
comment on column corporate_actions.round is 'Time for which elections are collected: 2 where an event was opened again after its close or its cancellation.';
comment on column corporate_actions.proven_round is 'Round whose elections were seen held = submitted = acknowledged.';

create or replace function broker_cut_moves_by_approval() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.version <> old.version
     and (old.broker_cut_at is null or new.broker_cut_at is null or new.round <> old.round
          or (new.terms ->> 'deadlineOn') is distinct from (old.terms ->> 'deadlineOn'))
     or exists (select from election_cut_changes c
                 where c.event_id = new.event_id and c.state = 'approved' and c.version = new.version
                   and c.broker_after = new.broker_cut_at and c.client_after = new.client_cut_at) then
    return new;
  end if;
  raise exception 'the deadline of event % moves with an approval or another date of the notice only', new.event_no
    using errcode = 'check_violation', constraint = tg_name;
end $$;
