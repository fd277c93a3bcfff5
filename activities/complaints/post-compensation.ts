/**
 * A compensation that moved, booked on the day on which it did, or the next one that is open: own money leaves the own bank account, comes to
 * the client deposit account, and is from then on the client's whose account was approved last. One batch a case, whatever is repeated.
 */
import type { PoolClient } from 'pg';
import { openBatch } from '../ledger/open-batch';
import type { DraftedOrder } from '../orders/draft-order';
import { movedOn } from '../orders/moved-on';
import { payeeAccount } from './payee';
import { withdrawUnheard } from './payee-correction';

export async function postCompensation(sql: PoolClient, order: DraftedOrder): Promise<void> {
  const { channel, caseKey, businessDate, valueDate } = await movedOn(sql, order);
  const { rows } = await sql.query<{ id: string }>(
    `select proposal_id::text as id from complaint_proposals
      where complaint_no = split_part($1, ':', 1) and proposal_id = split_part($1, ':', 2)::bigint for update`,
    [caseKey],
  );
  // A correction that is approved at once has come before, or is refused.
  const proposalId = rows[0]?.id ?? '0';
  const payee = await payeeAccount(sql, proposalId);
  if (payee === null) throw new RangeError(`compensation ${order.orderKey} was approved for nobody`);
  const batch = await openBatch(sql, {
    channel,
    businessDate,
    key: `compensation:${caseKey}`,
    kind: 'pay-compensation',
    restsOn: [],
    cause: `compensation paid by order ${order.orderKey}`,
  });
  if (batch === undefined) return;
  await sql.query(
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     values ($1, $2, 1, 'bank', $4, 'CNY', -$3::bigint, $7, 'compensation paid'),
            ($1, $2, 2, 'compensation_cost', 'proprietary', 'CNY', $3, $7, 'compensation paid'),
            ($1, $2, 3, 'bank', $5, 'CNY', $3, $7, 'compensation paid'),
            ($1, $2, 4, 'client_money', $6, 'CNY', -$3::bigint, $7, 'compensation paid')`,
    [businessDate, batch, order.amountFen, order.fromAccount, order.toAccount, payee, valueDate],
  );
  await withdrawUnheard(sql, proposalId);
}
