/**
 * The day on which something is booked that people decide, or a bank carries out, beside the evenings: its own day while its evening is not posted,
 * else the next trading day. What a posted day tells of balances and closes with, its journal for finance among it, stays as it was told; and every
 * entry stands in the journal of a trading day.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';
import { loadMarketCalendar } from '../calendar/load-market-calendar';

/** Locks the days that it looks at, so that none closes meanwhile, and opens the answer for entries. @param on the day on which it happened */
export async function bookingDay(sql: PoolClient, channel: string, on: BusinessDate): Promise<BusinessDate> {
  let day = await tradingDayFrom(sql, channel, on);
  for (;;) {
    const { rows } = await sql.query<{ next: BusinessDate; over: boolean }>(
      `select d.next_trading_day::text as next, d.closed_at is not null or exists (
                select from batches b where b.channel = d.channel and b.business_date = d.business_date and b.kind = 'repay-advances'
                  and b.reverses is null and not exists (select from batches r where r.reverses = b.batch_id)) as over
       from settlement_days d where d.channel = $1 and d.business_date = $2 for update of d`,
      [channel, day],
    );
    const [found] = rows;
    if (found === undefined || !found.over) break;
    day = found.next;
  }
  await sql.query('select open_business_date($1)', [day]);
  return day;
}

/** Outside the known range of the calendar nothing is guessed: the day itself. */
async function tradingDayFrom(sql: PoolClient, channel: string, day: BusinessDate): Promise<BusinessDate> {
  const { calendar } = await loadMarketCalendar(sql, channel as Channel);
  if (day < calendar.from || day > calendar.to || calendar.isTradingDay(day)) return day;
  return calendar.nextTradingDay(day);
}
