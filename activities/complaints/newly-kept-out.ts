/** It turned out whom a complaint concerns, or that it does not: what waits for somebody goes to those who may do it now. */
import type { PoolClient } from 'pg';
import { tellExtensionsOf } from '../deadlines/change-deadline';
import { passUpTasks } from '../tasks/pass-up';
import { putBackTasks } from '../tasks/put-back';
import type { ComplaintRow } from './complaint-row';

/**
 * Whoever is kept out holds nothing of it any more, what waits for those of whom nobody is left goes to whoever does their part, and who gives
 * it more time is looked up again; in the transaction of the cause.
 */
export async function passOnWork(
  sql: PoolClient,
  { workflowId }: Pick<ComplaintRow, 'workflowId'>,
  { key, by, requestId }: { readonly key: string; readonly by: string; readonly requestId?: string | undefined },
): Promise<void> {
  await putBackTasks(sql, { workflowId, by, requestId });
  await passUpTasks(sql, { workflowId, key, by, requestId });
  await tellExtensionsOf(sql, [workflowId], key);
}
