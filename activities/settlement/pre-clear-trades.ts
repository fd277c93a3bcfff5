/**
 * Pre-clears the day's trades (A4 §37, S7): per client what must be paid and what comes with the final ratios and every
 * fee, and from it the correction of the money frozen in the day at the reference rate, and what the counter must be told of it.
 */
import { tellGoneTrades } from '../cancellations/tell-cancelled';
import { summedTerms } from '../../prisma/figure-terms/line-term';
import { PRE_CLEARING_TERMS } from '../../prisma/figure-terms/settlement-details';
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import type { DayKey } from './day-key';
import { planFreezeCorrections } from './plan-freeze-corrections';

export const preClearTrades =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<{ readonly clients: number }> =>
    inTransaction(pool, async (sql) => {
      await sql.query('delete from pre_clearings where channel = $1 and business_date = $2', [
        day.channel,
        day.businessDate,
      ]);
      const { rowCount } = await sql.query(PRE_CLEAR, [day.channel, day.businessDate]);
      await planFreezeCorrections(sql, day);
      await tellGoneTrades(sql, day);
      return { clients: rowCount ?? 0 };
    });

/** Payable = -YSFJE + commission of purchases; receivable = YSFJE - commission of sales; correction = payables - frozen. */
const PRE_CLEAR = `
  with traded as (
    select c.fund_account,
           ${summedTerms(PRE_CLEARING_TERMS)}
    from counted_clearing_lines l join clients c on c.securities_account = l.securities_account
    where l.channel = $1 and l.business_date = $2 and l.business = 'H01'
    group by c.fund_account),
  frozen as (
    select fund_account, sum(frozen_fen)::bigint as frozen_fen from counter_trades_in_force
    where channel = $1 and business_date = $2 group by fund_account)
  insert into pre_clearings (channel, business_date, fund_account, trades, payable_fen, receivable_fen, commission_fen, frozen_fen, correction_fen)
  select $1, $2, fund_account, trades, payable_fen, receivable_fen, commission_fen,
         coalesce(frozen_fen, 0), payable_fen - coalesce(frozen_fen, 0)
  from traded left join frozen using (fund_account)`;
