-- Scrip dividends, rights issues and open offers from what is elected to shares and money: what may be subscribed for follows from the holding of
-- the record date, the money for it is frozen with each filing, rights come before they are exercised.

alter table corporate_action_holders add column record_holding bigint check (record_holding >= 0);
comment on column corporate_action_holders.record_holding is
  'Holding of the record date from which follows what may be subscribed for, which stands in settled; null where the holding itself is elected for.';

alter table election_filings add column frozen_fen bigint,
  add constraint subscriptions_have_their_money check ((frozen_fen is null) = (business not in ('H64', 'H65')));
comment on column election_filings.frozen_fen is
  'Money that the counter freezes for it at the reference rate, negative where it lets go; null where nothing is paid for.';

alter table corporate_action_entitlements add column rights_shares bigint check (rights_shares >= 0), add column credited_rights bigint;
comment on column corporate_action_entitlements.rights_shares is 'Rights that follow from the holding of the record date, before any is exercised; null where there are none.';
comment on column corporate_action_entitlements.expected_fen is 'Our own share of what was exchanged; negative: paid for what was subscribed.';

-- Of a subscription that is taken in part its part counts; what is cleared stands among what the evening froze, and is left out here.
create function subscription_frozen_fen(of_fund_account text) returns bigint
language sql stable set search_path = public, pg_temp as $$
  select coalesce(sum(case when f.state = 'partly' then round(f.frozen_fen::numeric * f.confirmed / f.quantity) else f.frozen_fen end), 0)::bigint
    from corporate_action_holders h join corporate_actions a using (event_id) join election_filings f using (event_id, securities_account)
    left join corporate_action_entitlements e using (event_id, securities_account)
   where h.fund_account = of_fund_account and f.frozen_fen is not null and f.state not in ('refused', 'failed', 'cancelled')
     and a.ended_at is null and e.credited_fen is null
$$;
comment on function subscription_frozen_fen is 'Money of a fund account, in fen, that is held for subscriptions of open events.';
revoke execute on function subscription_frozen_fen(text) from public;
grant execute on function subscription_frozen_fen(text) to southbound_app;
