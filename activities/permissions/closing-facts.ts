/**
 * What the books say of a client who closes a permission: trades of today, trades that are not settled, shares held, elections that are
 * open (A2 §12). Settled is what an evening has cleared: a settlement whose day is not closed yet stands open until it is.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
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
  const trades = isOurs ? await tradesOf(sql, clientNo, channel, today) : [];
  // What the counter alone knows of is settled by the rule. It does not say through which channel: the first stands for all.
  const isCountersOwn = channel === (channels[0] ?? channel) && counter.hasTradedToday;
  const onlyAtCounter = isCountersOwn && !trades.some(({ tradeDate }) => tradeDate === today);
  const tradesAtCounter = onlyAtCounter ? [{ tradeDate: today, side: 'B' as const, postponedTo: null }] : [];
  const { calendar } = await loadMarketCalendar(sql, channel);
  const cycleDays = await settlementCycleDays(sql, channel, today);
  return closingCheck(
    {
      checkedOn: today,
      isEveningSettled: isOurs && (await isClosed(sql, channel, today)),
      hasLiveOrderToday: counter.hasLiveOrder,
      trades: [...trades, ...tradesAtCounter],
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

async function tradesOf(
  sql: PoolClient,
  clientNo: string,
  channel: string,
  today: BusinessDate,
): Promise<readonly TradeToSettle[]> {
  const { rows } = await sql.query<TradeToSettle>(
    `with account as (
       select c.fund_account, c.securities_account from client_fund_accounts f join clients c using (fund_account) where f.client_no = $1),
     cleared as (
       select l.trade_date, l.buy_sell, l.settle_date,
              exists (select from settlement_days d
                       where d.channel = l.channel and d.business_date = l.settle_date and d.closed_at is null) as is_waiting
         from clearing_lines_in_force l join account using (securities_account)
        where l.channel = $2 and l.business = 'H01' and l.business_date between $3::date - $4::int and $3)
     select distinct trade_date as "tradeDate", buy_sell as side,
            case when settle_date < $3 and is_waiting then $3 else settle_date end as "postponedTo"
       from cleared where trade_date = $3 or settle_date >= $3 or is_waiting
     union
     select t.business_date, t.buy_sell, null::date from counter_trades_in_force t join account using (fund_account)
      where t.channel = $2 and t.business_date = $3
        and not exists (select from cleared where cleared.trade_date = t.business_date)
     order by 1, 2, 3`,
    [clientNo, channel, today, LOOK_BACK_DAYS],
  );
  return rows;
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

async function isClosed(sql: PoolClient, channel: string, day: BusinessDate): Promise<boolean> {
  const { rows } = await sql.query(
    'select from settlement_days where channel = $1 and business_date = $2 and closed_at is not null',
    [channel, day],
  );
  return rows.length > 0;
}
