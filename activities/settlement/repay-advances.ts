/** Evening: money that came repays the advance first, out of a positive balance, today's credits included (A4 §36; S18). */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import type { DayKey, Posted } from './day-key';

export const repayAdvances =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:repay-advances`,
        kind: 'repay-advances',
        restsOn: [],
        cause: `advances repaid on the evening of ${day.businessDate}`,
      });
      if (batch === undefined) return { entries: 0 };
      const { rowCount } = await sql.query(REPAY, [day.channel, day.businessDate, batch]);
      return { entries: rowCount ?? 0 };
    });

const REPAY = `
  with owed as (
    select owner as fund_account, sum(amount)::bigint as owed_fen from entries
    where ledger = 'advance' and business_date <= $2 group by owner having sum(amount) > 0),
  repaid as (
    select o.fund_account, least(o.owed_fen, -sum(e.amount))::bigint as repaid_fen
    from owed o join entries e on e.ledger = 'client_money' and e.owner = o.fund_account and e.business_date <= $2
    group by o.fund_account, o.owed_fen having sum(e.amount) < 0),
  legs as (
    select 'client_money' as ledger, fund_account as owner, repaid_fen as amount from repaid
    union all select 'advance', fund_account, -repaid_fen from repaid
    union all select 'cushion', 'CUSHION', -sum(repaid_fen)::bigint from repaid having count(*) > 0
    union all select 'advance_contra', 'CUSHION', sum(repaid_fen)::bigint from repaid having count(*) > 0)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
  select $2::date, $3, row_number() over (order by ledger, owner), ledger, owner, 'CNY', amount, $2::date,
         'advance repaid, channel ' || $1
  from legs`;
