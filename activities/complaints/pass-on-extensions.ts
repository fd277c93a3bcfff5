/** A complaint has another handler: more time that was asked for goes on with whoever owes it now, of the complaints of its group too. */
import type { PoolClient } from 'pg';
import { tellExtensionsOf } from '../deadlines/change-deadline';
import { tellExtensionsPending } from '../deadlines/tell-extension';
import type { ComplaintRow } from './complaint-row';

/**
 * What was asked for stays, and whoever decides about it is looked up again; of its own answer the promise does so as it changes hands.
 * @param cause key of the act
 */
export async function passOnExtensions(
  sql: PoolClient,
  { complaintNo }: Pick<ComplaintRow, 'complaintNo'>,
  cause: string,
): Promise<void> {
  const { rows } = await sql.query<{ workflowId: string }>(
    'select workflow_id as "workflowId" from complaints where group_of = $1 and handler is null and ended_at is null',
    [complaintNo],
  );
  const ofGroup = rows.map(({ workflowId }) => workflowId);
  await tellExtensionsOf(sql, ofGroup, cause);
  await tellExtensionsPending(sql, complaintNo, cause);
}
