/** A process takes a task off the list because what it was for has gone. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { endSubject, lockToEnd } from './approval-subject';
import { recordAct } from './record-act';
import { endTask, subjectOf, toldOutcome, type TaskEnd, type TaskRow } from './task-row';
import { ofProcess } from '../database/of-process';

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
      const task = await lockToEnd(sql, taskId);
      const outcome = task.outcome ?? (await withdraw(sql, task, cause, subjectStays));
      return { outcome: await toldOutcome(sql, task, outcome) };
    });

/**
 * The process of these tasks has ended without them. An order stays as it was drafted: its day may be started again and asks for
 * the same approval. Answers how many.
 */
export async function withdrawTasksOf(sql: PoolClient, workflowId: string, cause: string): Promise<number> {
  const { rows } = await sql.query<{ task_id: string }>(
    `select task_id::text from tasks where ${ofProcess('workflow_id', '$1')} and state in ('open', 'claimed') order by task_id`,
    [workflowId],
  );
  let withdrawn = 0;
  for (const { task_id: taskId } of rows) {
    const task = await lockToEnd(sql, taskId);
    if (task.outcome !== null) continue;
    await withdraw(sql, task, cause, task.subject_kind === 'order').catch((error: unknown) => {
      // What it would have decided was decided otherwise.
      if (!(error instanceof BusinessError)) throw error;
      return withdraw(sql, task, cause, true);
    });
    withdrawn += 1;
  }
  return withdrawn;
}

async function withdraw(sql: PoolClient, task: TaskRow, cause: string, subjectStays: boolean): Promise<TaskEnd> {
  const outcome: TaskEnd = { result: 'withdrawn', cause, at: await businessNow(sql) };
  // With the task ends what it would have decided: nobody will any more.
  const subject = subjectOf(task);
  if (subject !== undefined && !subjectStays)
    await endSubject(sql, subject, { state: 'withdrawn', by: SYSTEM_ACTOR, at: outcome.at });
  await endTask(sql, task.task_id, 'withdrawn', outcome);
  await recordAct(sql, {
    kind: 'withdrawn',
    task,
    actor: SYSTEM_ACTOR,
    reason: cause,
    before: { state: task.state, revision: task.revision },
    after: { state: 'withdrawn' },
  });
  return outcome;
}
