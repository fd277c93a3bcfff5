/**
 * Debits the portfolio fees that settle today, with the amounts of the clearing house's file (A4 §22, §37; S11), and what else is
 * paid at settlement: fee and duty of non-trade transfers (A4 §26), payments for rights and open offers. One entry an account,
 * its cause the file's record. What was frozen for it on the evening of its clearing is released with it.
 */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { holdDueDates } from '../postponements/due-dates';
import { detailFilesSettlingOn, type DayKey, type Posted } from './day-key';
import { dueLinesOf } from './due-lines';
import { PAID_AT_SETTLEMENT, RIGHTS_MONEY } from '../../domain/settlement/line-kinds';

export const clearPortfolioFee =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      await holdDueDates(sql, day);
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:clear-portfolio-fee`,
        kind: 'clear-portfolio-fee',
        restsOn: await detailFilesSettlingOn(sql, day, PAID_AT_SETTLEMENT),
        cause: `portfolio fees and other payments settling on ${day.businessDate}`,
      });
      if (batch === undefined) return { entries: 0 };
      const { rowCount } = await sql.query(CLEAR_FEES, [
        day.channel,
        day.businessDate,
        batch,
        PAID_AT_SETTLEMENT,
        RIGHTS_MONEY,
        (await dueLinesOf(sql, day)).on,
      ]);
      return { entries: rowCount ?? 0 };
    });

/** Payments for rights move with the corporate-action money, all else against clearing. */
const CLEAR_FEES = `
  with settled as (
    select l.file_id, l.row_no, l.net_fen, l.reserve_account, a.side, c.fund_account,
           case when l.business = any($5) then 'on_the_way' else 'clearing' end as contra,
           case l.business when 'H60' then 'portfolio fee' when 'H70' then 'non-trade transfer fee and duty' else 'rights and open offers' end as cause
    from clearing_lines_in_force l
    join broker_accounts a on a.account = l.reserve_account
    left join clients c on c.securities_account = l.securities_account
    where l.channel = $1 and l.settle_date = any($6::date[]) and l.business = any($4)),
  legs as (
    select case when fund_account is null then 'suspense' else 'client_money' end as ledger, coalesce(fund_account, reserve_account) as owner,
           -net_fen as amount, cause, file_id, row_no from settled
    union all
    select contra, side, sum(net_fen)::bigint, cause, file_id, null from settled group by contra, side, cause, file_id)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
  select $2::date, $3, row_number() over (order by ledger, owner, cause, file_id, row_no), ledger, owner, 'CNY', amount, $2::date,
         cause, file_id, row_no
  from legs where amount <> 0`;
