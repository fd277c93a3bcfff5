/** A wish to raise the cushion that is not needed any more: its process takes the tasks off the list. */
import type { PoolClient } from 'pg';
import { queueSignal } from '../outbox/queue-message';
import { recordAudit } from '../audit/record-audit';

/**
 * Answers false where an order for it is approved already: that one goes on.
 * @param by person, or the system where the cushion suffices by itself
 */
export async function endTopUp(
  sql: PoolClient,
  topUpId: string,
  by: string,
  told: { readonly role?: string; readonly reason?: string; readonly requestId?: string } = {},
): Promise<boolean> {
  // Whoever approves the order waits, and finds the wish ended.
  const { rows: orders } = await sql.query<{ state: string }>(
    `select state from orders where kind = 'CUSHION' and case_key = $1 for update`,
    [caseKeyOf(topUpId)],
  );
  if (orders.some(({ state }) => ['approved', 'sent', 'executed'].includes(state))) return false;
  const { rows } = await sql.query<{ workflow_id: string }>(
    `update cushion_top_ups set state = 'not needed', ended_by = $2, ended_at = business_now()
     where top_up_id = $1 and state = 'open' returning workflow_id`,
    [topUpId, by],
  );
  const [ended] = rows;
  if (ended === undefined) return true;
  const workflowId = ended.workflow_id;
  await recordAudit(sql, {
    actor: by,
    action: 'withdraw top-up of the cushion',
    outcome: 'done',
    objectType: 'cushion top-up',
    objectId: topUpId,
    workflowId,
    ...told,
  });
  await queueSignal(sql, { key: `cushion-not-needed:${topUpId}`, workflowId, signal: 'topUpNotNeeded' });
  return true;
}

/** What an order of the top-up pays for. */
export const caseKeyOf = (topUpId: string): string => `top-up-${topUpId}`;
