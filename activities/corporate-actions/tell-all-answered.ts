/**
 * An event that is closed looks again once its last filing is answered: told in the transaction that keeps the answer, so that no crash lies
 * between the two.
 */
import type { PoolClient } from 'pg';
import { queueSignals } from '../outbox/queue-message';

/** @param seq of the newest filing that was answered: the same answer tells once */
export async function tellIfAllAnswered(sql: PoolClient, eventIds: readonly string[], seq: bigint): Promise<void> {
  const { rows } = await sql.query<{ workflow_id: string; revision: number }>(
    `select workflow_id, revision from corporate_actions a
      where event_id = any($1) and state in ('closing', 'closed')
        and not exists (select from election_filings f where f.event_id = a.event_id and f.state in ('waiting', 'sent'))`,
    [eventIds],
  );
  await queueSignals(
    sql,
    rows.map(({ workflow_id: workflowId, revision }) => ({
      key: `${workflowId}:filed:${seq}`,
      workflowId,
      signal: 'eventChanged',
      args: [revision],
    })),
  );
}
