/**
 * Books the securities movements of the evening: trades delivered, bonus shares, code conversions, takeover deliveries
 * (A4 §21, §24; S20). The clearing house's file is the authority; one entry a record and its counterpart in custody.
 */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { filesInForce, type DayKey, type Posted } from './day-key';

export const postShareMovements =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:share-movements`,
        kind: 'share-movements',
        restsOn: await filesInForce(sql, day, 'hk_zqbd'),
        cause: `securities movements of ${day.businessDate}`,
      });
      if (batch === undefined) return { entries: 0 };
      const { rowCount } = await sql.query(POST_MOVEMENTS, [day.channel, day.businessDate, batch]);
      return { entries: rowCount ?? 0 };
    });

const POST_MOVEMENTS = `
  with moved as (
    select m.*, c.fund_account from security_movements_in_force m
    left join clients c on c.securities_account = m.securities_account
    where m.channel = $1 and m.business_date = $2),
  legs as (
    select case when fund_account is null then 'share_suspense' else 'client_shares' end as ledger, securities_account as owner, code,
           -quantity as amount, sellable_from, business || ' of ' || trade_date as cause, file_id, row_no from moved
    union all
    select 'custody', $1, code, sum(quantity)::bigint, $2::date, 'movements of ' || code, file_id, null from moved group by code, file_id)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
  select $2::date, $3, row_number() over (order by ledger, owner, code, row_no), ledger, owner, code, amount, sellable_from, cause, file_id, row_no
  from legs where amount <> 0`;
