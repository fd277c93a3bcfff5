/**
 * Books the movements of the reserve and risk-fund accounts as the clearing house reports them (hk_zjbd, both parts): one
 * entry a record. Its counterpart says what moved: trades and fees against clearing, risk money between reserve and risk
 * fund, corporate-action money against money on the way, bank transfers against the side's bank account, cross-cover against what the client side
 * owes to the own funds.
 */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { filesInForce, type DayKey, type Posted } from './day-key';

export const postAccountMovements =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:account-movements`,
        kind: 'account-movements',
        restsOn: await filesInForce(sql, day, 'hk_zjbd'),
        cause: `movements of reserve and risk-fund accounts on ${day.businessDate}`,
      });
      if (batch === undefined) return { entries: 0 };
      const { rowCount } = await sql.query(POST_MOVEMENTS, [day.channel, day.businessDate, batch]);
      return { entries: rowCount ?? 0 };
    });

const POST_MOVEMENTS = `
  with moved as (
    select m.*, a.kind, a.side, b.account as bank from money_movements_in_force m
    join broker_accounts a on a.account = m.account
    join broker_accounts b on b.channel = $1 and b.kind = 'bank' and b.side = a.side
    where m.channel = $1 and m.business_date = $2),
  legs as (
    select kind as ledger, account as owner, amount_fen as amount, business, file_id, row_no from moved
    union all
    select case when business in ('ZR', 'ZC') then 'bank' when business in ('FK', 'FKTH') then 'risk_in_settlement'
                when business = 'GX' then 'on_the_way' when business = 'GL' then 'cross_cover' else 'clearing' end,
           case when business in ('ZR', 'ZC') then bank else side end,
           -amount_fen, business, file_id, row_no from moved)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
  select $2::date, $3, row_number() over (order by ledger, owner, file_id, row_no), ledger, owner, 'CNY', amount, $2::date,
         business, file_id, row_no
  from legs where amount <> 0`;
