/**
 * Debits the portfolio fees that settle today, with the amounts of the clearing house's file (A4 §22, §37; S11): one entry
 * an account, its cause the file's record. What was frozen for it on the evening of its clearing is released with it.
 */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { detailFilesSettlingOn, type DayKey, type Posted } from './day-key';

export const clearPortfolioFee =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:clear-portfolio-fee`,
        kind: 'clear-portfolio-fee',
        restsOn: await detailFilesSettlingOn(sql, day, ['H60']),
        cause: `portfolio fees settling on ${day.businessDate}`,
      });
      if (batch === undefined) return { entries: 0 };
      const { rowCount } = await sql.query(CLEAR_FEES, [day.channel, day.businessDate, batch]);
      return { entries: rowCount ?? 0 };
    });

const CLEAR_FEES = `
  with settled as (
    select l.file_id, l.row_no, l.net_fen, l.reserve_account, a.side, c.fund_account
    from clearing_lines_in_force l
    join broker_accounts a on a.account = l.reserve_account
    left join clients c on c.securities_account = l.securities_account
    where l.channel = $1 and l.settle_date = $2 and l.business = 'H60'),
  legs as (
    select case when fund_account is null then 'suspense' else 'client_money' end as ledger, coalesce(fund_account, reserve_account) as owner,
           -net_fen as amount, file_id, row_no from settled
    union all
    select 'clearing', side, sum(net_fen)::bigint, file_id, null from settled group by side, file_id)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
  select $2::date, $3, row_number() over (order by ledger, owner, file_id, row_no), ledger, owner, 'CNY', amount, $2::date,
         'portfolio fee', file_id, row_no
  from legs where amount <> 0`;
