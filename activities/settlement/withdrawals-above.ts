/**
 * Withdrawals of clients that were more than could be withdrawn when the counter let them go (A4 §7, §34). What could be withdrawn is what the
 * evening before left free - balance less frozen, not below zero - with the deposits of the day until then, less what purchases froze until then.
 */
import type { PoolClient } from 'pg';
import { amountText } from '../../domain/money';
import type { ListedFinding } from '../files/list-findings';
import type { DayKey } from './day-key';

export const WITHDRAWAL_ABOVE_LIMIT = 'WITHDRAWAL_ABOVE_LIMIT';

interface TooLarge {
  readonly fund_account: string;
  readonly row_no: bigint;
  readonly withdrawn: bigint;
  readonly free: bigint;
}

/** Clients of whom the evening before says nothing are left away: the first day of a book has none before it. */
export async function withdrawalsAbove(sql: PoolClient, day: DayKey): Promise<ListedFinding[]> {
  const { rows } = await sql.query<TooLarge>(TOO_LARGE, [day.channel, day.businessDate]);
  return rows.map(({ fund_account, row_no, withdrawn, free }) => ({
    class: WITHDRAWAL_ABOVE_LIMIT,
    outcome: 'break',
    key: [fund_account, row_no.toString()],
    fileValue: amountText(withdrawn),
    computed: amountText(free),
    amountFen: withdrawn - free,
    reason: {
      zh: '客户转出超过其当时可取资金。',
      en: 'A client withdrew more than could be withdrawn at that time.',
    },
  }));
}

/** Of the same second a withdrawal comes before a purchase: it is not refused for what may have come after it. */
const TOO_LARGE = `
  with withdrawing as (
    select distinct m.fund_account, f.balance_fen - f.frozen_trades_fen - f.frozen_fee_fen as free
    from counter_cash_in_force m
    join settlement_days d on d.channel = m.channel and d.business_date = m.business_date
    join client_figures f on f.channel = d.channel and f.business_date = d.previous_trading_day and f.fund_account = m.fund_account
    where m.channel = $1 and m.business_date = $2 and m.amount_fen < 0),
  moved as (
    select fund_account, at_time, 0 as kind, row_no, amount_fen from counter_cash_in_force join withdrawing using (fund_account)
    where channel = $1 and business_date = $2
    union all
    select fund_account, traded_at, 1, row_no, -frozen_fen from counter_trades_in_force join withdrawing using (fund_account)
    where channel = $1 and business_date = $2 and buy_sell = 'B'),
  then_free as (
    select m.*, greatest(w.free, 0) + sum(m.amount_fen) over (partition by fund_account order by m.at_time, m.kind, m.row_no) as left_after
    from moved m join withdrawing w using (fund_account))
  select fund_account, row_no, -amount_fen as withdrawn, greatest(left_after - amount_fen, 0)::bigint as free
  from then_free where kind = 0 and amount_fen < 0 and left_after < 0 order by fund_account, row_no`;
