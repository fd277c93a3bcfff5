/** The order that a task decides about, changed in the transaction of the decision. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';

/**
 * Approves, refuses, recalls or withdraws an order that awaits approval.
 * @throws BusinessError NOT_FOUND, ORDER_RECALLED, ORDER_NOT_OPEN, REVISION_STALE
 */
export async function endOrder(
  sql: PoolClient,
  end: {
    readonly orderId: string;
    /** Revision that was decided on; a recall or withdrawal takes whichever stands. */
    readonly revision?: number;
    readonly state: 'approved' | 'refused' | 'recalled' | 'withdrawn';
    readonly by: string;
    readonly at: string;
  },
): Promise<void> {
  const { rows } = await sql.query<{ state: string; revision: number }>(
    'select state, revision from orders where order_id = $1 for update',
    [end.orderId],
  );
  const [order] = rows;
  if (order === undefined) throw new BusinessError('NOT_FOUND', { what: '指令 order', key: end.orderId });
  if (order.state === 'recalled') throw new BusinessError('ORDER_RECALLED', { order: end.orderId });
  if (order.state !== 'awaiting approval') {
    throw new BusinessError('ORDER_NOT_OPEN', { order: end.orderId, state: order.state });
  }
  if (end.revision !== undefined && end.revision !== order.revision) {
    throw new BusinessError('REVISION_STALE', { shown: end.revision, current: order.revision });
  }
  const approved = end.state === 'approved';
  await sql.query('update orders set state = $2, approved_by = $3, approved_at = $4 where order_id = $1', [
    end.orderId,
    end.state,
    approved ? end.by : null,
    approved ? end.at : null,
  ]);
}
