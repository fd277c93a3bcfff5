-- What was accepted counts for whoever filed it: a result under a number that nobody filed, or of another account, event or business than was filed,
-- entitles nobody and is asked about.

create function results_beside_filings(of_channel channel_code, until date)
returns table (filing_no text, event_code text, securities_account text, business text, quantity bigint, confirmed bigint, status text,
               filed_event text, filed_account text, filed_business text, filed_quantity bigint)
language sql stable as $$
  with newest as (
    select distinct on (r.filing_no) r.filing_no, r.event_code, r.securities_account, r.business, r.quantity, r.confirmed, r.status
      from filing_replies_in_force r
     where r.channel = of_channel and r.business_date <= until and r.filing_kind = 'HSB' and r.status in ('3', '4', '6')
     order by r.filing_no, r.business_date desc, r.row_no desc),
  filed as (
    select f.filing_no, a.event_no, f.securities_account, f.business, f.quantity
      from newest join election_filings f using (filing_no) join corporate_actions a using (event_id) where a.channel = of_channel
    union all
    -- Filed at the counter.
    select c.filing_no, c.event_code, c.securities_account, c.business, c.quantity from filed_elections_in_force c
     where c.channel = of_channel and c.business_date <= until
       and not exists (select from election_filings f where f.filing_no = c.filing_no))
  select n.*, f.event_no, f.securities_account, f.business, f.quantity from newest n left join filed f using (filing_no)
$$;
comment on function results_beside_filings is
  'The newest result of each filing up to a day beside what was filed under its number, here or at the counter; filed_account null: nothing was.';

create function accepted_elections(of_channel channel_code, until date)
returns table (event_code text, securities_account text, quantity bigint)
language sql stable as $$
  select event_code, securities_account, sum(confirmed)::bigint from results_beside_filings(of_channel, until)
   where status = '3' and (event_code, securities_account, business) = (filed_event, filed_account, filed_business) group by 1, 2
$$;
comment on function accepted_elections is 'Shares that the clearing house has accepted of what was filed, by event and account: of differences filed the sum.';
grant execute on function results_beside_filings(channel_code, date), accepted_elections(channel_code, date) to southbound_app;

-- Whoever answers about breaks answers for those that were shown.
create sequence corporate_action_break_states;
alter table corporate_action_breaks add column state_no bigint not null default nextval('corporate_action_break_states');
comment on column corporate_action_breaks.state_no is 'Moves whenever the break is found, or its facts are others: what a task showed it by.';
grant update (state_no) on corporate_action_breaks to southbound_app;
grant usage on sequence corporate_action_break_states to southbound_app;
