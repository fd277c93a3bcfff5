/** A process takes a task off the list because what it was for has gone. */
import { recordAudit, SYSTEM_ACTOR } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { businessNow, endTask, lockTask, type TaskEnd } from './task-row';

/** A task that has ended stays as it ended, and that is the answer. */
export const withdrawTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ taskId, cause }: { readonly taskId: string; readonly cause: string }): Promise<{ readonly outcome: TaskEnd }> =>
    inTransaction(pool, async (sql) => {
      const task = await lockTask(sql, taskId);
      if (task.outcome !== null) return { outcome: task.outcome };
      const outcome: TaskEnd = { result: 'withdrawn', cause, at: await businessNow(sql) };
      await endTask(sql, taskId, 'withdrawn', outcome);
      await recordAudit(sql, {
        actor: SYSTEM_ACTOR,
        action: `withdraw task ${task.kind}`,
        outcome: 'done',
        objectType: 'task',
        objectId: taskId,
        reason: cause,
        before: { state: task.state, revision: task.revision },
        after: { state: 'withdrawn' },
      });
      return { outcome };
    });
