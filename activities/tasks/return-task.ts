/**
 * The checker sends back what waits for approval: the maker is to make it anew, with the reason before him. Whoever could have decided
 * may send it back, and nobody else. The approval is over, and what it would have decided ends as refused: made anew it is a new row.
 */
import { BusinessError } from '../../domain/errors';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { refuseFirst, refusalsOfActor } from '../intake/judge-actor';
import { endSubject, lockToEnd } from './approval-subject';
import { holdingOf } from '../intake/holding';
import { recordAct } from './record-act';
import {
  endRefusals,
  endTask,
  revisionRefusals,
  subjectOf,
  toldOutcome,
  type TaskActor,
  type TaskEnd,
} from './task-row';

export interface ReturnTask {
  readonly taskId: string;
  readonly revision: number;
  readonly reason: string;
  readonly actor: TaskActor;
  readonly requestId: string;
  readonly at: string;
}

/**
 * The same return again is answered with the outcome that stands.
 * @throws SeveralRefusals TASK_HAS_NO_MAKER, and as `completeTask` without those of the form
 */
export const returnTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ taskId, revision, reason, actor, requestId }: ReturnTask): Promise<{ readonly outcome: TaskEnd }> =>
    inTransaction(pool, async (sql) => {
      const task = await lockToEnd(sql, taskId);
      const { person, onBehalfOf } = actor;
      if (task.outcome?.result === 'returned' && task.outcome.by.person === person)
        return { outcome: await toldOutcome(sql, task, task.outcome) };
      const { refusals, substituteFor } = await holdingOf(sql, task, actor);
      refuseFirst([
        ...(await refusalsOfActor(sql, actor, task)),
        ...endRefusals(task),
        ...refusals,
        ...(task.made_by === null ? [new BusinessError('TASK_HAS_NO_MAKER', { task: taskId })] : []),
        ...revisionRefusals(task, revision),
      ]);

      const at = await businessNow(sql);
      const by = { person, role: task.role, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
      const outcome: TaskEnd = { result: 'returned', reason, by, at };
      const subject = subjectOf(task);
      if (subject !== undefined) await endSubject(sql, subject, { state: 'refused', by: person, onBehalfOf, at });
      await endTask(sql, taskId, 'done', outcome);
      await recordAct(sql, {
        kind: 'returned',
        task,
        actor: person,
        onBehalfOf,
        substituteFor,
        role: task.role,
        givenTo: task.made_by ?? undefined,
        reason,
        before: { state: task.state, revision: task.revision },
        after: { state: 'done', returnedTo: task.made_by },
        requestId,
      });
      return { outcome: await toldOutcome(sql, task, outcome) };
    });
