/**
 * Records what became of an approved order: sent, refused outside, executed - or withdrawn, where it lost its purpose before it
 * was sent. A commission or a compensation that moved is posted with it.
 */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { openBatch } from '../ledger/open-batch';
import { postCompensation } from '../complaints/post-compensation';
import { postTopUp } from '../cushion/post-top-up';
import { queueNotice } from '../outbox/queue-notice';
import type { DayKey } from '../settlement/day-key';
import type { DraftedOrder } from './draft-order';

export interface OrderProgress extends DayKey {
  readonly workflowId: string;
  readonly order: DraftedOrder;
  readonly state: 'sent' | 'rejected outside' | 'executed' | 'withdrawn';
  /** Where it was not sent the ordinary way. */
  readonly through?: 'emergency channel';
  readonly reference?: string;
  /** When the money moved, as the other side says, UTC. */
  readonly executedAt?: string;
  readonly code?: string;
}

/** Safe to repeat: an order goes forward only. */
export const recordOrderProgress =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: OrderProgress): Promise<{ readonly at: string }> =>
    inTransaction(pool, async (sql) => {
      const { rows: changed } = await sql.query<{ side: Side }>(
        `update orders set state = $2, outside_reference = coalesce(nullif($3, ''), outside_reference),
                sent_at = coalesce(sent_at, case when $2 in ('sent', 'executed') then business_now() end), executed_at = coalesce($4, executed_at)
         where order_id = $1 and state = any($5) returning side`,
        [
          given.order.orderId,
          given.state,
          given.reference ?? '',
          given.executedAt ?? null,
          given.state === 'withdrawn' ? ['approved'] : ['approved', 'sent'],
        ],
      );
      const { rows } = await sql.query<{ at: string }>(
        'select coalesce(sent_at, business_now()) as at from orders where order_id = $1',
        [given.order.orderId],
      );
      const at = rows[0]?.at ?? '';
      const side = changed[0]?.side;
      if (side === undefined) return { at };
      await recordAudit(sql, {
        actor: SYSTEM_ACTOR,
        action: `order ${given.state}`,
        outcome: given.state === 'rejected outside' ? 'refused' : 'done',
        objectType: 'order',
        objectId: given.order.orderKey,
        after: {
          state: given.state,
          code: given.code ?? null,
          executedAt: given.executedAt ?? null,
          ...(given.through === undefined ? {} : { through: given.through }),
        },
      });
      if (given.state === 'executed' && given.order.kind === 'COMMISSION') await postCommission(sql, given);
      if (given.state === 'executed' && given.order.kind === 'COMPENSATION') await postCompensation(sql, given.order);
      if (given.state === 'executed' && given.order.kind === 'CUSHION') await postTopUp(sql, given.order);
      if (given.state === 'rejected outside') await tellRejected(sql, given, side);
      return { at };
    });

/** Earned commission leaves the client deposit account for the own bank account (S5). */
async function postCommission(sql: PoolClient, given: OrderProgress): Promise<void> {
  const batch = await openBatch(sql, {
    channel: given.channel,
    businessDate: given.businessDate,
    key: `settle:${given.order.orderKey}`,
    kind: 'move-commission',
    restsOn: [],
    cause: `commission moved by order ${given.order.orderKey}`,
  });
  if (batch === undefined) return;
  await sql.query(
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     values ($1, $2, 1, 'bank', $4, 'CNY', -$3::bigint, $1, 'commission moved'), ($1, $2, 2, 'commission_due', 'client', 'CNY', $3, $1, 'commission moved'),
            ($1, $2, 3, 'bank', $5, 'CNY', $3, $1, 'commission moved'), ($1, $2, 4, 'commission_income', 'proprietary', 'CNY', -$3::bigint, $1, 'commission moved')`,
    [given.businessDate, batch, given.order.amountFen, given.order.fromAccount, given.order.toAccount],
  );
}

/** Money that must go in is asked of those who make the order of the side; the other orders of the supervisor. */
async function tellRejected(sql: PoolClient, given: OrderProgress, side: Side): Promise<void> {
  await queueNotice(sql, {
    key: `order-rejected:${given.order.orderKey}`,
    workflowId: given.workflowId,
    severity: 'critical',
    side,
    recipientRole:
      given.order.kind === 'COMPENSATION' || given.order.kind === 'CUSHION'
        ? 'finance'
        : given.order.kind !== 'FUND'
          ? 'supervisor'
          : side === 'client'
            ? 'operations'
            : 'finance',
    template: 'ORDER_REFUSED',
    facts: { order: given.order.orderKey, code: given.code ?? '-' },
  });
}
