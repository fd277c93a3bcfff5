/** Closings that wait are told when a settlement day is closed: what stood in their way may be gone. */
import type { PoolClient } from 'pg';
import { queueSignals } from '../outbox/queue-message';
import type { DayKey } from '../settlement/day-key';

export async function tellClosings(sql: PoolClient, { channel, businessDate }: DayKey): Promise<void> {
  const { rows } = await sql.query<{ request_no: string; workflow_id: string }>(
    `select request_no, workflow_id from permission_requests where kind = 'closing' and state = 'under way' order by request_no`,
  );
  await queueSignals(
    sql,
    rows.map(({ request_no, workflow_id }) => ({
      key: `settlement-day-closed:${channel}:${businessDate}:${request_no}`,
      workflowId: workflow_id,
      signal: 'settlementDayClosed',
      args: [businessDate],
    })),
  );
}
