/** A trade as it stands: what the file in force says of it, when it is due, and from which evening on a cancellation would count. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';

export interface TradeKey {
  readonly channel: string;
  readonly tradeDate: string;
  readonly tradeNo: string;
}

export interface StandingTrade {
  readonly side: Side;
  readonly code: string;
  readonly buySell: 'B' | 'S';
  readonly quantity: bigint;
  /** What the broker receives (+) or pays (-), fen. */
  readonly netFen: bigint;
  readonly settleDate: BusinessDate;
  /** When it settles, notices of postponement included. */
  readonly due: BusinessDate;
  /** The first day since the trade that is not closed. */
  readonly effectiveOn: BusinessDate;
}

/** Undefined where no file in force has it. */
export async function standingTrade(sql: PoolClient, key: TradeKey): Promise<StandingTrade | undefined> {
  const { rows } = await sql.query<StandingTrade>(
    `select a.side, l.code, l.buy_sell as "buySell", l.quantity, l.net_fen as "netFen", l.settle_date::text as "settleDate",
            due_date_of(l.channel, l.settle_date)::text as due,
            coalesce((select min(d.business_date) from settlement_days d
                      where d.channel = l.channel and d.business_date >= l.business_date and d.closed_at is null),
                     (select d.next_trading_day from settlement_days d
                      where d.channel = l.channel and d.business_date >= l.business_date order by d.business_date desc limit 1))::text as "effectiveOn"
     from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account
     where l.channel = $1 and l.business_date = $2 and l.trade_no = $3 and l.business = 'H01'`,
    [key.channel, key.tradeDate, key.tradeNo],
  );
  return rows[0];
}

/** What keeps the trade from being cancelled, whatever else is asked for: all that apply. */
export function refusalsOfTrade(key: TradeKey, trade: StandingTrade | undefined): readonly BusinessError[] {
  const { tradeNo, tradeDate } = key;
  if (trade === undefined)
    return [new BusinessError('TRADE_NOT_CLEARED', { trade: tradeNo, date: tradeDate, field: 'tradeNo' })];
  return trade.effectiveOn > trade.due
    ? [new BusinessError('TRADE_SETTLEMENT_CLOSED', { trade: tradeNo, due: trade.due })]
    : [];
}
