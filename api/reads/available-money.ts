/**
 * What the money of a client may be used for from the start of the next trading day on (A4 §34): sale money that settles then buys A-shares from its
 * start, and may be withdrawn a day later; each with the lines of the clearing house that it comes from.
 */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { moneyOfNextDay } from '../../domain/settlement/client-figures';

export interface SaleSettling {
  readonly tradeNo: string;
  readonly file: string;
  readonly row: string;
  /** Less our commission. */
  readonly amountFen: bigint;
}

export interface AvailableMoney {
  readonly side: 'client' | 'proprietary';
  readonly nextTradingDay: BusinessDate;
  readonly balanceFen: bigint;
  readonly frozenFen: bigint;
  readonly aSharesFen: bigint;
  readonly withdrawableFen: bigint;
  readonly sales: readonly SaleSettling[];
}

/** Of the evening of the day; undefined where its figures are not computed, or no such client is known. */
export async function availableMoney(
  pool: Pool,
  channel: string,
  date: BusinessDate,
  fundAccount: string,
): Promise<AvailableMoney | undefined> {
  const { rows } = await pool.query<{
    side: 'client' | 'proprietary';
    next: BusinessDate;
    balance: bigint;
    frozen: bigint;
  }>(
    `select c.side, d.next_trading_day::text as next, f.balance_fen as balance, f.frozen_trades_fen + f.frozen_fee_fen as frozen
     from client_figures f join clients c using (fund_account) join settlement_days d using (channel, business_date)
     where f.channel = $1 and f.business_date = $2 and f.fund_account = $3`,
    [channel, date, fundAccount],
  );
  const [found] = rows;
  if (found === undefined) return undefined;
  const { side, next, balance: balanceFen, frozen: frozenFen } = found;
  const { rows: sales } = await pool.query<SaleSettling>(
    `select l.trade_no as "tradeNo", v.name as file, l.row_no::text as row, l.net_fen - l.commission_fen as "amountFen"
     from counted_clearing_lines l join clients c using (securities_account) join files v using (file_id)
     where l.channel = $1 and l.business_date <= $2 and c.fund_account = $3 and l.business = 'H01' and l.buy_sell = 'S'
       and l.settle_date = any((select due_on($1, $4::date))::date[])
     order by l.business_date, l.row_no`,
    [channel, date, fundAccount, next],
  );
  const settlingFen = sales.reduce((sum, { amountFen }) => sum + amountFen, 0n);
  return {
    ...{ side, nextTradingDay: next, balanceFen, frozenFen, sales },
    ...moneyOfNextDay({ balanceFen, frozenFen, settlingFen }),
  };
}
