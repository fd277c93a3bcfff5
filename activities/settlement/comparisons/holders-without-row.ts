/**
 * Who should have been cleared and was not: holders of the record date (takeover with a choice: of accepted shares) without a row in an event
 * that is cleared for others of their side, and dividends that the clearing house has not cleared in time (A4 §23).
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import type { Channel } from '../../../domain/channel';
import { loadMarketCalendar } from '../../calendar/load-market-calendar';
import { loadParameters } from '../../terms/load-terms';
import type { DayKey } from '../day-key';

/** A holder of an event with the terms that apply; amounts per share as text of the newest notice. */
export interface EntitledHolder {
  readonly business: string;
  readonly side: string;
  readonly event: string;
  readonly securities_account: string;
  readonly kind: string | null;
  readonly before_tax: string | null;
  readonly after_tax: string | null;
  readonly entitled: bigint | null;
}

/** Of an optional dividend (H67) holders get money for what they did not take in shares. */
const PAID = ['H54', 'H55', 'H63', 'H67'];

/**
 * Holders without a row today or on an earlier day, in events with rows of their side today. An event that was never announced
 * has no record date and so no holders; whoever has a row under such an event, in the same security, is reported with that row.
 */
export async function holdersWithoutRow(
  sql: PoolClient,
  { channel, businessDate }: DayKey,
): Promise<readonly EntitledHolder[]> {
  const { rows } = await sql.query<EntitledHolder>(
    `with cleared as (
       select l.order_no as event, a.side, l.business, min(l.code) as code
       from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account
       where l.channel = $1 and l.business_date = $2 and l.business = any($3) group by 1, 2, 3),
     newest as (
       select distinct on (event_code) event_code, date_1, date_3, mark_1, price_1, price_2 from notices_known_on($1, $2)
       where kind in ('H01', 'H07', 'H09') and mark_2 <> 'DEL'
       order by event_code, business_date desc, row_no desc),
     holders as (
       select e.event, e.side, e.business, e.code, c.securities_account, c.kind,
              -sum(h.amount) - case when e.business = 'H67' then coalesce((
                select r.quantity from accepted_elections($1, $2) r
                 where r.event_code = e.event and r.securities_account = c.securities_account), 0) else 0 end as quantity
       from cleared e join newest n on n.event_code = e.event
       join entries h on h.ledger = 'client_shares' and h.asset = e.code and h.business_date <= coalesce(n.date_1, n.date_3)
       join clients c on c.securities_account = h.owner and c.side = e.side
       where e.business <> 'H63' or n.mark_1 = '3' group by 1, 2, 3, 4, 5, 6
       union all
       select e.event, e.side, e.business, e.code, c.securities_account, c.kind, r.quantity
       from cleared e join newest n on n.event_code = e.event and n.mark_1 is distinct from '3'
       join accepted_elections($1, $2) r on r.event_code = e.event
       join clients c on c.securities_account = r.securities_account and c.side = e.side
       where e.business = 'H63')
     select h.business, h.side, h.event, h.securities_account, h.kind, n.price_1::text as before_tax, n.price_2::text as after_tax,
            h.quantity::bigint as entitled
     from holders h join newest n on n.event_code = h.event
     where h.quantity > 0 and not exists (
       select 1 from clearing_lines_in_force l
       where l.channel = $1 and l.business_date <= $2 and l.order_no = h.event and l.securities_account = h.securities_account)
       and not exists (
       select 1 from clearing_lines_in_force l
       where l.channel = $1 and l.business_date = $2 and l.business = h.business and l.code = h.code
         and l.securities_account = h.securities_account and not exists (select 1 from newest k where k.event_code = l.order_no))
     order by h.event, h.side, h.securities_account`,
    [channel, businessDate, PAID],
  );
  return rows;
}

/**
 * Holders of cash dividends of which nothing was cleared for their side by the evening of the n-th trading day after the pay
 * date (DIVIDEND_CLEARING_DAYS), on every evening until it is. Optional dividends are left out: who chose cash is not known.
 */
export async function holdersOfOverdueDividends(sql: PoolClient, day: DayKey): Promise<readonly EntitledHolder[]> {
  const paidBefore = await lastPayDate(sql, day);
  const { rows } = await sql.query<EntitledHolder>(
    `with newest as (
       select distinct on (event_code) * from notices_known_on($1, $2)
       where kind = 'H01' order by event_code, business_date desc, row_no desc),
     due as (
       select * from newest where entitlement_class = 'HL' and mark_2 <> 'Y' and date_2 < $3),
     holders as (
       select n.event_code, n.price_1, n.price_2, c.side, c.securities_account, c.kind, -sum(h.amount) as quantity
       from due n join entries h on h.ledger = 'client_shares' and h.asset = n.code and h.business_date <= n.date_1
       join clients c on c.securities_account = h.owner group by 1, 2, 3, 4, 5, 6)
     select 'H54' as business, h.side, h.event_code as event, h.securities_account, h.kind, h.price_1::text as before_tax,
            h.price_2::text as after_tax, h.quantity::bigint as entitled
     from holders h
     where h.quantity > 0 and not exists (
       select 1 from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account
       where l.channel = $1 and l.business_date <= $2 and l.order_no = h.event_code and a.side = h.side)
     order by h.event_code, h.side, h.securities_account`,
    [day.channel, day.businessDate, paidBefore],
  );
  return rows;
}

/** A dividend paid before this trading day should have been cleared by now; counted back, so that no far date is ever asked for. */
async function lastPayDate(sql: PoolClient, day: DayKey): Promise<BusinessDate> {
  const { calendar } = await loadMarketCalendar(sql, day.channel as Channel);
  const days = Number((await loadParameters(sql, day.channel, day.businessDate))('DIVIDEND_CLEARING_DAYS'));
  let date = day.businessDate;
  for (let n = 1; n < days; n += 1) date = calendar.previousTradingDay(date);
  return date;
}
