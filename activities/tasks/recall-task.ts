/** The maker takes back what waits for approval: the task ends, and with it the order. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { businessDateNow, standingOf } from '../people/standing';
import { endSubject, lockToEnd } from './approval-subject';
import { recordAct } from './record-act';
import { endTask, requireOpen, subjectOf, toldOutcome, type TaskActor, type TaskEnd } from './task-row';

export interface RecallTask {
  readonly taskId: string;
  readonly actor: TaskActor;
  readonly reason: string;
  readonly requestId: string;
  readonly at: string;
}

/**
 * The same recall again is answered with the outcome that stands.
 * @throws BusinessError TASK_NOT_OPEN, TASK_RECALLED, TASK_WITHDRAWN, ONLY_MAKER_RECALLS, ROLE_MISSING, ORDER_RECALLED, ORDER_NOT_OPEN
 */
export const recallTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (input: RecallTask): Promise<{ readonly outcome: TaskEnd }> =>
    inTransaction(pool, async (sql) => {
      const task = await lockToEnd(sql, input.taskId);
      if (task.outcome?.result === 'recalled') return { outcome: await toldOutcome(sql, task, task.outcome) };
      requireOpen(task);
      if (task.made_by !== input.actor.person) throw new BusinessError('ONLY_MAKER_RECALLS', { task: input.taskId });
      const role = await roleOf(sql, input.actor);

      const at = await businessNow(sql);
      const by = { ...input.actor, role };
      const outcome: TaskEnd = { result: 'recalled', reason: input.reason, by, at };
      const subject = subjectOf(task);
      if (subject !== undefined) await endSubject(sql, subject, { state: 'recalled', by: input.actor.person, at });
      await endTask(sql, input.taskId, 'withdrawn', outcome);
      await recordAct(sql, {
        kind: 'recalled',
        task,
        actor: input.actor.person,
        onBehalfOf: input.actor.onBehalfOf,
        role,
        reason: input.reason,
        before: { state: task.state, revision: task.revision },
        after: { state: 'withdrawn' },
        requestId: input.requestId,
      });
      return { outcome: await toldOutcome(sql, task, outcome) };
    });

/**
 * The role that the message names where the directory knows of it today, else another one that the maker holds: what the message says
 * is not believed. Whoever holds none any more, or has left, recalls nothing.
 */
async function roleOf(sql: PoolClient, { person, role }: TaskActor): Promise<string> {
  const { grants } = await standingOf(sql, person, await businessDateNow(sql));
  const held = grants.find((grant) => grant.role === role) ?? grants[0];
  if (held === undefined) throw new BusinessError('ROLE_MISSING', { role });
  return held.role;
}
