/** It turned out whom a complaint concerns, or that it does not: what waits for somebody goes to those who may do it now. */
import type { PoolClient } from 'pg';
import { tellExtensionsOf } from '../deadlines/change-deadline';
import { inLockOrder } from '../tasks/lock-order';
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
  await lockTasksToPassOn(sql, workflowId);
  await putBackTasks(sql, { workflowId, by, requestId });
  await passUpTasks(sql, { workflowId, key, by, requestId });
  await tellExtensionsOf(sql, [workflowId], key);
}

/** All that may go back or be passed up, at once and in the one order: one after the other they would be locked in two orders. */
async function lockTasksToPassOn(sql: PoolClient, workflowId: string): Promise<void> {
  await sql.query(
    `with away as materialized (
       select p.person from kept_out_of($1) k join people p on p.natural_person = k.human where k.keeps_from = 'all work')
     select from tasks t
      where t.state in ('open', 'claimed')
        and (t.role = 'compliance' or t.kind = 'offer-mediation' or t.claimed_by in (select person from away))
        and process_behind(t.workflow_id) = $1
      order by ${inLockOrder('t')} for update of t`,
    [workflowId],
  );
}
