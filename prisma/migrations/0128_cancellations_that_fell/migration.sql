-- A cancellation that falls takes nothing from anybody: what it cancelled stands as it stood.
alter table election_filings add column cancelled_from text, add column cancelled_in integer, add column restored smallint not null default 0,
  add constraint cancelled_with_its_event check ((cancelled_from is null) = (cancelled_in is null));
comment on column election_filings.cancelled_from is 'State in which the cancellation of its event found it; null: it was not cancelled with its event.';
comment on column election_filings.cancelled_in is 'Version of the event that cancelled it.';
comment on column election_filings.restored is 'How often a cancellation of its event fell: the counter is told of each turn by a key of its own.';
grant update (cancelled_from, cancelled_in, restored) on election_filings to southbound_app;

alter table election_steps drop constraint election_steps_act_check;
alter table election_steps add constraint election_steps_act_check check (act in ('elect', 'withdraw', 'default', 'lapse', 'waive', 'restore'));

drop index election_filings_to_release;
create index election_filings_to_release on election_filings (filing_seq)
  where counter_told and business <> 'H62' and counter_released <> case when state = 'partly' then quantity - confirmed
    when state not in ('confirmed', 'success') then quantity when restored > 0 then 0 else counter_released end;

-- One formula for what a filing holds, whoever asks.
create function frozen_fen_of(f election_filings) returns bigint language sql immutable as $$
  select case when f.state in ('refused', 'failed', 'cancelled') then 0
              when f.state = 'partly' then round(f.frozen_fen::numeric * f.confirmed / f.quantity)::bigint else f.frozen_fen end
$$;
comment on function frozen_fen_of is 'Money that a filing of a subscription holds, in fen: of what is taken in part its part; nothing of what came to nothing. Null where it pays nothing.';
grant execute on function frozen_fen_of(election_filings) to southbound_app;
create or replace function subscription_frozen_fen(of_fund_account text) returns bigint
language sql stable set search_path = public, pg_temp as $$
  select coalesce(sum(frozen_fen_of(f)), 0)::bigint
    from corporate_action_holders h join corporate_actions a using (event_id) join election_filings f using (event_id, securities_account)
    left join corporate_action_entitlements e using (event_id, securities_account)
   where h.fund_account = of_fund_account and f.frozen_fen is not null and a.ended_at is null and e.credited_fen is null
$$;
