/**
 * A top-up of the cushion that moved, booked on the day on which it did, or the next one that is open: own money leaves the own bank account and
 * stands in the client deposit account from then on, as part of the cushion. One batch a wish, whatever is repeated.
 */
import type { PoolClient } from 'pg';
import { openBatch } from '../ledger/open-batch';
import type { DraftedOrder } from '../orders/draft-order';
import { movedOn } from '../orders/moved-on';

export async function postTopUp(sql: PoolClient, order: DraftedOrder): Promise<void> {
  const { channel, caseKey, businessDate, valueDate } = await movedOn(sql, order);
  await sql.query(
    `update cushion_top_ups t set state = 'paid', ended_by = o.approved_by, ended_at = o.executed_at
     from orders o where o.order_id = $1 and 'top-up-' || t.top_up_id = o.case_key and t.state = 'open'`,
    [order.orderId],
  );
  const batch = await openBatch(sql, {
    channel,
    businessDate,
    key: `cushion:${channel}:${caseKey}`,
    kind: 'top-up-cushion',
    restsOn: [],
    cause: `cushion raised by order ${order.orderKey}`,
  });
  if (batch === undefined) return;
  await sql.query(
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     values ($1, $2, 1, 'bank', $4, 'CNY', -$3::bigint, $6, 'cushion raised'),
            ($1, $2, 2, 'cushion_paid_in', 'proprietary', 'CNY', $3, $6, 'cushion raised'),
            ($1, $2, 3, 'bank', $5, 'CNY', $3, $6, 'cushion raised'),
            ($1, $2, 4, 'cushion', 'CUSHION', 'CNY', -$3::bigint, $6, 'cushion raised')`,
    [businessDate, batch, order.amountFen, order.fromAccount, order.toAccount, valueDate],
  );
}
