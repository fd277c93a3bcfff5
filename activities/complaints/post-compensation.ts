/**
 * A compensation that moved, booked on the day on which it did: own money leaves the own bank account, comes to the client deposit
 * account, and is the client's from then on. One batch a case, whatever is repeated.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { openBatch } from '../ledger/open-batch';
import type { DraftedOrder } from '../orders/draft-order';
import { businessDateNow } from '../people/standing';

export async function postCompensation(sql: PoolClient, order: DraftedOrder): Promise<void> {
  const { rows } = await sql.query<{
    channel: string;
    case_key: string;
    fund_account: string;
    moved_on: BusinessDate | null;
  }>(
    `select o.channel, o.case_key, w.fund_account, (o.executed_at at time zone 'Asia/Shanghai')::date::text as moved_on
       from orders o join complainants w on w.complaint_no = split_part(o.case_key, ':', 1) where o.order_id = $1`,
    [order.orderId],
  );
  const [paid] = rows;
  if (paid === undefined) throw new RangeError(`compensation ${order.orderKey} is of no complaint`);
  // The bank is asked by the hour, and tells later than it moved.
  const businessDate: BusinessDate = paid.moved_on ?? (await businessDateNow(sql));
  await sql.query('select open_business_date($1)', [businessDate]);
  const batch = await openBatch(sql, {
    channel: paid.channel,
    businessDate,
    key: `compensation:${paid.case_key}`,
    kind: 'pay-compensation',
    restsOn: [],
    cause: `compensation paid by order ${order.orderKey}`,
  });
  if (batch === undefined) return;
  await sql.query(
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     values ($1, $2, 1, 'bank', $4, 'CNY', -$3::bigint, $1, 'compensation paid'),
            ($1, $2, 2, 'compensation_cost', 'proprietary', 'CNY', $3, $1, 'compensation paid'),
            ($1, $2, 3, 'bank', $5, 'CNY', $3, $1, 'compensation paid'),
            ($1, $2, 4, 'client_money', $6, 'CNY', -$3::bigint, $1, 'compensation paid')`,
    [businessDate, batch, order.amountFen, order.fromAccount, order.toAccount, paid.fund_account],
  );
}
