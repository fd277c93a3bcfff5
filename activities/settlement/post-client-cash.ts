/** Books the clients' deposits and withdrawals of the day through the client deposit account (A4 §7), one entry a record. */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { filesInForce, type DayKey, type Posted } from './day-key';

export const postClientCash =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:client-cash`,
        kind: 'client-cash',
        restsOn: await filesInForce(sql, day, 'counter_cash'),
        cause: `deposits and withdrawals of ${day.businessDate}`,
      });
      if (batch === undefined) return { entries: 0 };
      const { rowCount } = await sql.query(POST_CASH, [day.channel, day.businessDate, batch]);
      return { entries: rowCount ?? 0 };
    });

const POST_CASH = `
  with moved as (
    select m.*, c.side, b.account as bank from counter_cash_in_force m
    left join clients c on c.fund_account = m.fund_account
    join broker_accounts b on b.channel = $1 and b.kind = 'bank' and b.side = coalesce(c.side, 'client')
    where m.channel = $1 and m.business_date = $2),
  legs as (
    select case when side is null then 'suspense' else 'client_money' end as ledger, case when side is null then bank else fund_account end as owner, -amount_fen as amount, file_id, row_no from moved
    union all
    select 'bank', bank, sum(amount_fen)::bigint, file_id, null from moved group by bank, file_id)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
  select $2::date, $3, row_number() over (order by ledger, owner, row_no), ledger, owner, 'CNY', amount, $2::date,
         'bank-securities transfer', file_id, row_no
  from legs where amount <> 0`;
