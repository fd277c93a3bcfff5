/** A complaint has ended: nobody in the head office need say any more who follows it (decision 0088). */
import type { PoolClient } from 'pg';
import { HEAD_OFFICE_WORDS } from '../../domain/complaints/complaint-words';
import { queueSignals } from '../outbox/queue-message';

/** Told to those of its processes that have not ended. */
export async function tellEnd(sql: PoolClient, complaintNo: string): Promise<void> {
  const { rows } = await sql.query<{ workflowId: string }>(
    `select workflow_id as "workflowId" from processes where workflow_id = any($1) and not closed`,
    [Object.keys(HEAD_OFFICE_WORDS).map((cause) => `head-office-complaint:${complaintNo}:${cause}`)],
  );
  await queueSignals(
    sql,
    rows.map(({ workflowId }) => ({
      key: `complaint-ended:${workflowId}`,
      workflowId,
      signal: 'followedComplaintEnded',
      args: [],
    })),
  );
}
