/**
 * Completes a task: row, approval, order and audit in one transaction. The row lock decides between two people at once;
 * that nobody checks the own work is asked here and held by constraints of the tables (A1 §27).
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { endOrder } from './order-of-task';
import { businessNow, endTask, lockTask, requireOpen, type TaskActor, type TaskEnd, type TaskRow } from './task-row';

export interface CompleteTask {
  readonly taskId: string;
  readonly revision: number;
  readonly form: Readonly<Record<string, unknown>>;
  readonly actor: TaskActor;
  readonly requestId: string;
  /** Business time at which the API took the request. */
  readonly at: string;
  /** Set where the form is a decision about what another person made. */
  readonly approval?: { readonly orderId?: string };
}

/**
 * The same completion again (same person, same form) is answered with the outcome that stands.
 * @throws BusinessError TASK_NOT_OPEN, TASK_RECALLED, TASK_WITHDRAWN, TASK_CLAIMED_BY_ANOTHER, REVISION_STALE,
 *         SAME_PERSON, CHECKER_ACTS_FOR_MAKER, ORDER_RECALLED, ORDER_NOT_OPEN
 */
export const completeTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (input: CompleteTask): Promise<{ readonly outcome: TaskEnd }> =>
    inTransaction(pool, async (sql) => {
      const task = await lockTask(sql, input.taskId);
      if (task.outcome !== null && isSameCompletion(task.outcome, input)) return { outcome: task.outcome };
      refuse(task, input);

      const outcome: TaskEnd = {
        result: 'completed',
        form: input.form,
        by: input.actor,
        at: await businessNow(sql),
      };
      if (input.approval !== undefined) await approve(sql, task, input, outcome.at);
      await endTask(sql, input.taskId, 'done', outcome);
      await recordAudit(sql, {
        actor: input.actor.person,
        onBehalfOf: input.actor.onBehalfOf,
        role: input.actor.role,
        action: `complete task ${task.kind}`,
        outcome: 'done',
        objectType: 'task',
        objectId: input.taskId,
        reason: textIn(input.form, 'reason'),
        before: { state: task.state, revision: task.revision },
        after: { state: 'done', form: input.form },
        requestId: input.requestId,
      });
      return { outcome };
    });

function refuse(task: TaskRow, { taskId, revision, actor }: CompleteTask): void {
  requireOpen(task);
  if (task.state === 'claimed' && task.claimed_by !== null && task.claimed_by !== actor.person) {
    throw new BusinessError('TASK_CLAIMED_BY_ANOTHER', { task: taskId });
  }
  if (revision !== task.revision) {
    throw new BusinessError('REVISION_STALE', { shown: revision, current: task.revision });
  }
  if (task.made_by === null) return;
  if (actor.person === task.made_by) throw new BusinessError('SAME_PERSON');
  if (actor.onBehalfOf === task.made_by) throw new BusinessError('CHECKER_ACTS_FOR_MAKER');
}

async function approve(sql: PoolClient, task: TaskRow, input: CompleteTask, at: string): Promise<void> {
  const decision = input.form['decision'] === 'approve' ? 'approved' : 'refused';
  const orderId = input.approval?.orderId;
  if (task.made_by === null) throw new RangeError(`task ${task.task_id} asks for an approval of what nobody made`);
  if (orderId !== undefined) {
    await endOrder(sql, { orderId, revision: input.revision, state: decision, by: input.actor.person, at });
  }
  await sql.query(
    `insert into approvals (task_id, order_id, revision, maker, checker, decision, reason, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      task.task_id,
      orderId ?? null,
      input.revision,
      task.made_by,
      input.actor.person,
      decision,
      textIn(input.form, 'reason') ?? '',
      at,
    ],
  );
}

function isSameCompletion(outcome: TaskEnd, { form, actor }: CompleteTask): boolean {
  return (
    outcome.result === 'completed' &&
    outcome.by.person === actor.person &&
    outcome.by.onBehalfOf === actor.onBehalfOf &&
    sorted(outcome.form) === sorted(form)
  );
}

/** Content of a form whatever the order of its fields: the database keeps its own order. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

function textIn(form: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = form[field];
  return typeof value === 'string' ? value : undefined;
}
