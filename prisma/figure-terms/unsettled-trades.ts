import { laterThan } from './settlement-details';

/**
 * What is not yet settled on an evening, split-adjusted, as common tables of a query (S15, S20): `adjusted` trade by trade with its
 * record, `nets` by account and security, `held` the settled holdings, `priced` the last close of each security. The parameters of
 * the query are $1 channel and $2 day. The verb sums them, whoever explains risk money lists them.
 * @param later dates of files up to the day whose lines fall due after it
 */
export const unsettledTrades = (later: string): string => `
  trades as (
    select l.file_id, l.row_no, l.reserve_account, l.securities_account, l.code, l.trade_date,
           case when l.buy_sell = 'B' then l.quantity else -l.quantity end as quantity,
           case when l.buy_sell = 'B' then l.consideration_cents else -l.consideration_cents end as consideration
    from counted_clearing_lines l
    where l.channel = $1 and l.business = 'H01' and l.business_date <= $2 and ${laterThan('$2', later)}),
  replaced as (select * from splits_in_force where channel = $1 and effective_on <= $2),
  -- A code that was replaced since the trade is summed by itself: all others need no fractions.
  adjusted as (
    select t.file_id, t.row_no, t.reserve_account, t.securities_account, t.code, t.quantity, null::numeric as replaced_quantity, t.consideration
    from trades t where not exists (select 1 from replaced s where s.old_code = t.code and t.trade_date < s.effective_on)
    union all
    select t.file_id, t.row_no, t.reserve_account, t.securities_account, s.new_code, 0, t.quantity * (s.new_shares / s.old_shares), t.consideration
    from trades t join replaced s on s.old_code = t.code and t.trade_date < s.effective_on),
  nets as (
    select a.side, securities_account, code, sum(quantity) + coalesce(sum(replaced_quantity), 0) as quantity, sum(consideration) as consideration
    from adjusted join broker_accounts a on a.account = reserve_account group by a.side, securities_account, code),
  held as (
    select owner as securities_account, asset as code, -sum(amount) as quantity from entries
    where ledger = 'client_shares' and business_date <= $2 group by owner, asset),
  priced as (
    select distinct on (code) code, price_e4, file_id as price_file_id, row_no as price_row_no from closing_prices_in_force
    where channel = $1 and business_date <= $2 order by code, business_date desc)`;
