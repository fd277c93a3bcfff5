/** A person takes a task off the common list, or puts it back. Whoever may do the task may claim it; the API has asked. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { lockTask, requireOpen, type TaskRow } from '../tasks/task-row';

export interface ClaimTask {
  readonly taskId: string;
  readonly person: string;
  readonly role: string;
  readonly requestId: string;
}

/** @throws BusinessError NOT_FOUND, TASK_NOT_OPEN, TASK_RECALLED, TASK_WITHDRAWN, SAME_PERSON, TASK_CLAIMED_BY_ANOTHER */
export const claimTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (claim: ClaimTask): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const task = await lockTask(sql, claim.taskId);
      requireOpen(task);
      if (task.made_by === claim.person) throw new BusinessError('SAME_PERSON');
      if (task.claimed_by === claim.person) return;
      if (task.claimed_by !== null) throw new BusinessError('TASK_CLAIMED_BY_ANOTHER', { task: claim.taskId });
      await give(sql, task, claim, claim.person);
    });

/** @throws BusinessError NOT_FOUND, TASK_NOT_OPEN, TASK_RECALLED, TASK_WITHDRAWN, TASK_CLAIMED_BY_ANOTHER */
export const releaseTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (claim: ClaimTask): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const task = await lockTask(sql, claim.taskId);
      requireOpen(task);
      if (task.claimed_by === null) return;
      if (task.claimed_by !== claim.person) throw new BusinessError('TASK_CLAIMED_BY_ANOTHER', { task: claim.taskId });
      await give(sql, task, claim, null);
    });

async function give(sql: PoolClient, task: TaskRow, claim: ClaimTask, to: string | null): Promise<void> {
  const state = to === null ? 'open' : 'claimed';
  await sql.query('update tasks set state = $2, claimed_by = $3 where task_id = $1', [claim.taskId, state, to]);
  await recordAudit(sql, {
    actor: claim.person,
    role: claim.role,
    action: `${to === null ? 'release' : 'claim'} task ${task.kind}`,
    outcome: 'done',
    objectType: 'task',
    objectId: claim.taskId,
    before: { state: task.state },
    after: { state },
    requestId: claim.requestId,
  });
}
