-- What came of an event: a difference that a person left as it stands is settled, the newest result of a filing counts alone, and what the counter
-- blocked for a filing that came to nothing is let go.

alter table corporate_action_entitlements drop constraint corporate_action_entitlements_state_check,
  add constraint corporate_action_entitlements_state_check check (state in ('computed', 'agreed', 'differs', 'left'));
comment on column corporate_action_entitlements.state is 'left: a person looked at the difference and left it as it stands.';

-- A result that is told again, or corrected on a later day, takes the place of the one before.
create function filing_results(of_channel channel_code, until date)
returns table (filing_no text, event_code text, securities_account text, confirmed bigint, status text, result_code text, acceptance_no text, business_date date)
language sql stable as $$
  select distinct on (r.filing_no) r.filing_no, r.event_code, r.securities_account, r.confirmed, r.status, r.result_code, r.acceptance_no, r.business_date
    from filing_replies_in_force r
   where r.channel = of_channel and r.business_date <= until and r.filing_kind = 'HSB' and r.status in ('3', '4', '6')
   order by r.filing_no, r.business_date desc, r.row_no desc
$$;
comment on function filing_results is 'The newest result of each filing, up to a day (HK_YWHB): 3 success, 4 failed, 6 cancelled.';

alter table election_filings add column counter_released bigint not null default 0;
comment on column election_filings.counter_released is 'Shares of it that the counter was told to let go, because the clearing house did not take them after all.';
grant update (counter_released) on election_filings to southbound_app;
