/**
 * What the books say of a client who closes a permission: trades of today, trades that are not settled, shares held, elections that are
 * open (A2 §12). Settled is what an evening has cleared: a settlement whose day is not closed yet stands open until it is.
 */
import type { PoolClient } from 'pg';
import { addDays, type BusinessDate } from '../../domain/calendar/business-date';
import type { MarketCalendar } from '../../domain/calendar/market-calendar';
import type { Channel } from '../../domain/channel';
import {
  closingCheck,
  ofAllChannels,
  type ClosingCheck,
  type TradeToSettle,
} from '../../domain/permissions/closing-blockers';
import { openElections, type OpenElections } from '../corporate-actions/open-elections';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { settlementCycleDays } from '../terms/load-terms';

/** What the counter says of the day, before the evening's files tell it. */
export interface CounterDay {
  readonly hasTradedToday: boolean;
  readonly hasLiveOrder: boolean;
}

export interface ClosingQuestion {
  readonly clientNo: string;
  readonly today: BusinessDate;
  /** Channels in whose books trades of the permission settle. */
  readonly channels: readonly Channel[];
  readonly areHoldingsConfirmed: boolean;
  readonly counter: CounterDay;
  /** Days before on which the counter told of a trade. */
  readonly tradedBefore: readonly BusinessDate[];
}

export interface ClosingFound extends ClosingCheck {
  readonly holdsShares: boolean;
}

/**
 * All blockers and conditions of the day.
 * @throws BusinessError CALENDAR_OUT_OF_RANGE
 */
export async function checkClosingFacts(sql: PoolClient, asked: ClosingQuestion): Promise<ClosingFound> {
  const { channels, clientNo } = asked;
  const isHolder = channels.length > 0 && (await holdsShares(sql, clientNo));
  const elections = await openElections(sql, clientNo, channels);
  const checks: ClosingCheck[] = [];
  for (const channel of channels) checks.push(await checkOf(sql, { ...asked, elections, isHolder }, channel));
  // Nothing of it settles with us: what the counter says of the day is told by the days of Shanghai.
  if (checks.length === 0) checks.push(await checkOf(sql, { ...asked, elections, isHolder: false }, 'SH'));
  return { ...ofAllChannels(checks), holdsShares: isHolder };
}

async function checkOf(
  sql: PoolClient,
  asked: ClosingQuestion & { readonly elections: OpenElections; readonly isHolder: boolean },
  channel: Channel,
): Promise<ClosingCheck> {
  const { today, counter, clientNo, channels, elections, isHolder } = asked;
  const isOurs = channels.includes(channel);
  const { calendar } = await loadMarketCalendar(sql, channel);
  const cycleDays = await settlementCycleDays(sql, channel, today);
  const closed = await closedDays(sql, channel, today);
  const known = isOurs ? await tradesOf(sql, clientNo, channel, today) : [];
  // What the counter alone knows of is settled by the rule. It does not say through which channel: the first stands for all.
  const said =
    channel === (channels[0] ?? channel)
      ? [...(isOurs ? asked.tradedBefore : []), ...(counter.hasTradedToday ? [today] : [])]
      : [];
  const onlyAtCounter = said
    .filter((day) => !known.some(({ tradeDate }) => tradeDate === day))
    .map((tradeDate) => ({ tradeDate, side: 'B' as const, settleDate: null }));
  const trades = [...known, ...onlyAtCounter].map(({ tradeDate, side, settleDate }): TradeToSettle => {
    const settlesOn = settleDate ?? calendar.tradeSettlementDate(tradeDate, cycleDays);
    const isLate = settlesOn < today && closed.isWaitedFor(settlesOn);
    return { tradeDate, side, postponedTo: isLate ? today : settleDate };
  });
  return closingCheck(
    {
      checkedOn: today,
      isEveningSettled: isOurs && closed.on(today),
      hasLiveOrderToday: counter.hasLiveOrder,
      trades,
      isEarlierDayUncleared: isOurs && (await isEarlierDayUncleared(sql, channel, today, calendar)),
      holdsShares: isHolder,
      areHoldingsConfirmed: asked.areHoldingsConfirmed,
      openElections: elections.open,
      electionsAnsweredOrWaived: elections.answeredOrWaived,
    },
    calendar,
    () => cycleDays,
  );
}

/** Settlements of a month lie in so many days at most, holidays included. */
const LOOK_BACK_DAYS = 45;

interface KnownTrade {
  readonly tradeDate: BusinessDate;
  readonly side: 'B' | 'S';
  /** As the clearing house says, notices of postponement included; null where only the counter's file tells of it, and the rule says when it settles. */
  readonly settleDate: BusinessDate | null;
}

/** Trades of the client from the lines of the clearing house, and those of days that are not in them from the counter's files. */
async function tradesOf(
  sql: PoolClient,
  clientNo: string,
  channel: string,
  today: BusinessDate,
): Promise<readonly KnownTrade[]> {
  const { rows } = await sql.query<KnownTrade>(
    `with account as (
       select c.fund_account, c.securities_account from client_fund_accounts f join clients c using (fund_account) where f.client_no = $1),
     cancelled as (select trade_date, trade_no from trade_cancellations where channel = $2 and state = 'approved'),
     cleared as (
       select l.trade_date, l.buy_sell, due_date_of(l.channel, l.settle_date) as settle_date from clearing_lines_in_force l join account using (securities_account)
        where l.channel = $2 and l.business = 'H01' and l.business_date between $3::date - $4::int and $3
          and not exists (select from cancelled x where (x.trade_date, x.trade_no) = (l.business_date, l.trade_no)))
     select distinct trade_date as "tradeDate", buy_sell as side, settle_date as "settleDate" from cleared
     union
     select t.business_date, t.buy_sell, null::date from counter_trades_in_force t join account using (fund_account)
      where t.channel = $2 and t.business_date between $3::date - $4::int and $3
        and not exists (select from cleared where cleared.trade_date = t.business_date)
        and not exists (select from cancelled x where (x.trade_date, x.trade_no) = (t.business_date, t.trade_no))
     order by 1, 2, 3`,
    [clientNo, channel, today, LOOK_BACK_DAYS],
  );
  return rows;
}

/** Which days of the channel are closed. One that was never opened, though days before it were, is waited for like one that is open. */
async function closedDays(sql: PoolClient, channel: string, today: BusinessDate) {
  const { rows } = await sql.query<{ day: BusinessDate; isClosed: boolean }>(
    `select business_date as day, closed_at is not null as "isClosed" from settlement_days
      where channel = $1 and business_date between $2::date - $3::int and $2 order by 1`,
    [channel, today, LOOK_BACK_DAYS],
  );
  const closed = new Set(rows.filter(({ isClosed }) => isClosed).map(({ day }) => day));
  const first = rows[0]?.day;
  return {
    on: (day: BusinessDate): boolean => closed.has(day),
    isWaitedFor: (day: BusinessDate): boolean => first !== undefined && day >= first && !closed.has(day),
  };
}

/** Whether a trading day since the books of the channel began has neither posted its trades nor been closed: what was traded then is not known. */
async function isEarlierDayUncleared(
  sql: PoolClient,
  channel: string,
  today: BusinessDate,
  calendar: MarketCalendar,
): Promise<boolean> {
  const { rows } = await sql.query<{ first: BusinessDate | null; known: readonly BusinessDate[] }>(
    `select min(d.business_date) as first,
            coalesce(array_agg(d.business_date::text) filter (where d.closed_at is not null or exists (
              select from batches b where b.channel = d.channel and b.business_date = d.business_date and b.kind = 'clear-trades'
                 and not exists (select from batches r where r.reverses = b.batch_id))), '{}') as known
       from settlement_days d where d.channel = $1 and d.business_date between $2::date - $3::int and $2::date - 1`,
    [channel, today, LOOK_BACK_DAYS],
  );
  const { first = null, known = [] } = rows[0] ?? {};
  if (first === null) return false;
  for (let day = first; day < today; day = addDays(day, 1)) {
    if (calendar.isTradingDay(day) && !known.includes(day)) return true;
  }
  return false;
}

/** Whether any securities account of the client holds anything in the ledger. */
export async function holdsShares(sql: PoolClient, clientNo: string): Promise<boolean> {
  const { rows } = await sql.query(
    `select e.asset from entries e
       join clients c on c.securities_account = e.owner join client_fund_accounts f using (fund_account)
      where e.ledger = 'client_shares' and f.client_no = $1 group by e.owner, e.asset having sum(e.amount) <> 0 limit 1`,
    [clientNo],
  );
  return rows.length > 0;
}
