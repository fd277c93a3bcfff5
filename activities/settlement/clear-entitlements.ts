/**
 * Credits the dividends and takeover money that the clearing house cleared today (A4 §23, S16). The money settles the day
 * after: until then it is money on the way, and the client can neither use nor withdraw it.
 */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { filesInForce, type DayKey, type Posted } from './day-key';
import { ENTITLEMENT_MONEY } from '../../domain/settlement/line-kinds';

export const clearEntitlements =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:clear-entitlements`,
        kind: 'clear-entitlements',
        restsOn: await filesInForce(sql, day, 'hk_jsmx'),
        cause: `corporate-action money cleared on ${day.businessDate}`,
      });
      if (batch === undefined) return { entries: 0 };
      const { rowCount } = await sql.query(CLEAR_ENTITLEMENTS, [
        day.channel,
        day.businessDate,
        batch,
        ENTITLEMENT_MONEY,
      ]);
      return { entries: rowCount ?? 0 };
    });

const CLEAR_ENTITLEMENTS = `
  with cleared as (
    select l.file_id, l.row_no, l.net_fen, l.settle_date, l.order_no, l.reserve_account, a.side, c.fund_account
    from clearing_lines_in_force l
    join broker_accounts a on a.account = l.reserve_account
    left join clients c on c.securities_account = l.securities_account
    where l.channel = $1 and l.business_date = $2 and l.business = any($4)),
  legs as (
    select case when fund_account is null then 'suspense' else 'client_money' end as ledger, coalesce(fund_account, reserve_account) as owner,
           -net_fen as amount, order_no, settle_date, file_id, row_no from cleared
    union all
    select 'on_the_way', side, sum(net_fen)::bigint, order_no, settle_date, file_id, null
    from cleared group by side, order_no, settle_date, file_id)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
  select $2::date, $3, row_number() over (order by ledger, owner, order_no, row_no), ledger, owner, 'CNY', amount, settle_date,
         'event ' || order_no, file_id, row_no
  from legs where amount <> 0`;
