/** It turned out whom a complaint concerns, or that it does not: what waits for somebody goes to those who may do it now. */
import type { PoolClient } from 'pg';
import { tellExtensionsOf } from '../deadlines/change-deadline';
import { ownDeadlines } from '../deadlines/own-deadline';
import { inLockOrder } from '../tasks/lock-order';
import { passUpTasks } from '../tasks/pass-up';
import { ACCOUNTS_KEPT_OUT, putBackTasks } from '../tasks/put-back';
import { MAY_BE_PASSED_UP } from '../tasks/role-asked';
import type { ComplaintRow } from './complaint-row';
import { mediatorRole } from './handlers';
import { owedByProcess } from '../database/promises-found';

/**
 * Whoever is kept out holds nothing of it any more, what waits for those of whom nobody is left goes to whoever does their part, and who gives
 * it more time is looked up again; in the transaction of the cause.
 */
export async function passOnWork(
  sql: PoolClient,
  { workflowId }: Pick<ComplaintRow, 'workflowId'>,
  { key, by, requestId }: { readonly key: string; readonly by: string; readonly requestId?: string | undefined },
): Promise<void> {
  await passOnMediation(sql, workflowId);
  await lockTasksToPassOn(sql, workflowId);
  await putBackTasks(sql, { workflowId, by, requestId });
  await passUpTasks(sql, { workflowId, key, by, requestId });
  await tellExtensionsOf(sql, [workflowId], key);
}

/** Whoever offers mediation now owes it: promises before tasks, and also where its task is not asked yet. */
async function passOnMediation(sql: PoolClient, workflowId: string): Promise<void> {
  const step = 'mediate';
  const { rows } = await sql.query<{ role: string }>(
    `select owner_role as role from deadlines d where ${owedByProcess('d', '$1')} and step = $2 and ended_at is null for update`,
    [workflowId, step],
  );
  for (const { role: before } of rows) {
    const role = await mediatorRole(sql, workflowId, before);
    if (role !== before) await ownDeadlines(sql, { workflowId, step }, { role, branch: null });
  }
}

/** All that may go back or be passed up, at once and in the one order: one after the other they would be locked in two orders. */
async function lockTasksToPassOn(sql: PoolClient, workflowId: string): Promise<void> {
  await sql.query(
    `with away as materialized (${ACCOUNTS_KEPT_OUT})
     select from tasks t
      where t.state in ('open', 'claimed')
        and (${MAY_BE_PASSED_UP} or t.claimed_by in (select person from away))
        and process_behind(t.workflow_id) = $1
      order by ${inLockOrder('t')} for update of t`,
    [workflowId],
  );
}
