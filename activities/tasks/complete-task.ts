/**
 * Completes a task: row, approval, order and audit in one transaction. The row lock decides between two people at once;
 * that nobody checks the own work is asked here and held by constraints of the tables (A1 §27).
 */
import type { PoolClient } from 'pg';
import { canonicalJson } from '../../domain/canonical-json';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { formRefusals } from '../intake/form-faults';
import { refuseFirst, refusalsOfActor } from '../intake/judge-actor';
import { endSubject, lockToEnd, refuseChanged } from './approval-subject';
import { refusalsOfForm } from './form-checks';
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
  type TaskRow,
} from './task-row';

export interface CompleteTask {
  readonly taskId: string;
  readonly revision: number;
  readonly form: Readonly<Record<string, unknown>>;
  /** Only the keys of the persons are believed; what they may do is read from the directory. */
  readonly actor: TaskActor;
  readonly requestId: string;
  /** Business time at which the API took the request. */
  readonly at: string;
}

/**
 * The same completion again (same person, same form) is answered with the outcome that stands.
 * @throws SeveralRefusals ROLE_MISSING, WRONG_SIDE, INPUT_INVALID, FIELD_UNKNOWN, REVISION_STALE, APPROVAL_STALE, TASK_NOT_OPEN,
 *         TASK_RECALLED, TASK_RETURNED, TASK_WITHDRAWN, TASK_CLAIMED_BY_ANOTHER, the codes of four eyes, ORDER_RECALLED, ORDER_NOT_OPEN
 */
export const completeTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (input: CompleteTask): Promise<{ readonly outcome: TaskEnd }> =>
    inTransaction(pool, async (sql) => {
      const task = await lockToEnd(sql, input.taskId);
      if (task.outcome !== null && isSameCompletion(task.outcome, input))
        return { outcome: await toldOutcome(sql, task, task.outcome) };
      const { substituteFor } = await refuse(sql, task, input);

      const { person, onBehalfOf } = input.actor;
      // The role is the one by which the person was let in, whatever the message said.
      const by = { person, role: task.role, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
      const outcome: TaskEnd = { result: 'completed', form: input.form, by, at: await businessNow(sql) };
      if (task.content_sha256 !== null || task.subject_kind !== null) await approve(sql, task, input, outcome.at);
      await endTask(sql, input.taskId, 'done', outcome);
      await recordAct(sql, {
        kind: 'completed',
        task,
        actor: person,
        onBehalfOf,
        substituteFor,
        role: task.role,
        reason: textIn(input.form, 'reason'),
        before: { state: task.state, revision: task.revision },
        after: { state: 'done', form: input.form },
        requestId: input.requestId,
      });
      return { outcome: await toldOutcome(sql, task, outcome) };
    });

/** Everything that speaks against the completion, at once; answers for whom the actor stands in, if for anybody. */
async function refuse(
  sql: PoolClient,
  task: TaskRow,
  { form, revision, actor }: CompleteTask,
): Promise<{ readonly substituteFor: string | undefined }> {
  const { refusals, substituteFor } = await holdingOf(sql, task, actor);
  const faults = formRefusals(task.form, form);
  refuseFirst([
    ...(await refusalsOfActor(sql, actor, task)),
    ...(faults.length > 0 ? faults : await refusalsOfForm(sql, task, form, actor)),
    ...endRefusals(task),
    ...refusals,
    ...revisionRefusals(task, revision),
  ]);
  if (task.content_sha256 !== null) await refuseChanged(sql, subjectOf(task), task);
  return { substituteFor };
}

/** The subject ends with the last approval, or with the first refusal. */
async function approve(
  sql: PoolClient,
  task: TaskRow,
  { form, actor, revision }: CompleteTask,
  at: string,
): Promise<void> {
  const decision = form['decision'] === 'approve' ? 'approved' : 'refused';
  const subject = subjectOf(task);
  const isLast = task.checkers === (task.first_task === null ? 1 : 2);
  await sql.query(
    `insert into approvals (task_id, order_id, revision, maker, maker_for, checker, checker_for, first_task, content_sha256,
                            decision, reason, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      task.task_id,
      subject?.kind === 'order' ? subject.id : null,
      revision,
      task.made_by,
      task.made_for,
      actor.person,
      actor.onBehalfOf ?? null,
      task.first_task ?? task.task_id,
      task.content_sha256,
      decision,
      textIn(form, 'reason') ?? '',
      at,
    ],
  );
  if (subject !== undefined && (isLast || decision === 'refused'))
    await endSubject(sql, subject, { state: decision, by: actor.person, onBehalfOf: actor.onBehalfOf, at });
}

function isSameCompletion(outcome: TaskEnd, { form, actor }: CompleteTask): boolean {
  return (
    outcome.result === 'completed' &&
    outcome.by.person === actor.person &&
    outcome.by.onBehalfOf === actor.onBehalfOf &&
    canonicalJson(outcome.form) === canonicalJson(form)
  );
}

function textIn(form: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = form[field];
  return typeof value === 'string' ? value : undefined;
}
