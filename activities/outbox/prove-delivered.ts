/** A message is proved to have come: its way ends, also where a later channel is under way already. Whoever telephones finishes that. */
import type { PoolClient } from 'pg';

/** SQL: where it stands from then on, and that delivery does not look at it again. */
export const DELIVERED = `state = 'delivered', due_at = null, looked_at = null, falls_over_at = null, retry_at = null`;

export async function proveDelivered(sql: PoolClient, messageId: string, at: string): Promise<void> {
  await sql.query(
    `update outbox set ${DELIVERED}, sent_at = coalesce(sent_at, $2)
      where message_id = $1 and state not in ('task', 'not reached')`,
    [messageId, at],
  );
}
