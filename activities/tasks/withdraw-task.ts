/** A process takes a task off the list because what it was for has gone. */
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { endSubject } from './approval-subject';
import { recordAct } from './record-act';
import { endTask, lockTask, subjectOf, type TaskEnd } from './task-row';

export interface WithdrawTask {
  readonly taskId: string;
  readonly cause: string;
  /** Another approval of the same subject follows, because its draft was changed: then the subject stays. */
  readonly subjectStays?: boolean;
}

/** A task that has ended stays as it ended, and that is the answer. */
export const withdrawTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ taskId, cause, subjectStays = false }: WithdrawTask): Promise<{ readonly outcome: TaskEnd }> =>
    inTransaction(pool, async (sql) => {
      const task = await lockTask(sql, taskId);
      if (task.outcome !== null) return { outcome: task.outcome };
      const outcome: TaskEnd = { result: 'withdrawn', cause, at: await businessNow(sql) };
      // With the task ends what it would have decided: nobody will any more.
      const subject = subjectOf(task);
      if (subject !== undefined && !subjectStays)
        await endSubject(sql, subject, { state: 'withdrawn', by: SYSTEM_ACTOR, at: outcome.at });
      await endTask(sql, taskId, 'withdrawn', outcome);
      await recordAct(sql, {
        kind: 'withdrawn',
        task,
        actor: SYSTEM_ACTOR,
        reason: cause,
        before: { state: task.state, revision: task.revision },
        after: { state: 'withdrawn' },
      });
      return { outcome };
    });
