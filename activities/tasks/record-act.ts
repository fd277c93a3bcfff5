/**
 * What was done with a task, written in the transaction of the change: its own timeline, and the audit trail. That it was opened says the
 * task itself (docs/decisions/0074-a-row-is-written-where-it-says-more.md).
 */
import type { PoolClient } from 'pg';
import { recordAudit, type AuditEntry, type AuditSink } from '../audit/record-audit';

/** Each kind of act with the verb under which the audit knows it. */
const VERBS = {
  opened: 'open',
  claimed: 'claim',
  released: 'release',
  assigned: 'assign',
  commented: 'comment on',
  returned: 'return',
  completed: 'complete',
  recalled: 'recall',
  withdrawn: 'withdraw',
} as const;

export interface TaskAct extends Pick<AuditEntry, 'actor' | 'onBehalfOf' | 'role' | 'reason' | 'before' | 'requestId'> {
  readonly kind: keyof typeof VERBS;
  readonly task: {
    readonly task_id: string;
    readonly workflow_id: string;
    readonly kind: string;
    readonly revision: number;
  };
  /** Who is away and held the task. */
  readonly substituteFor?: string | undefined;
  readonly givenTo?: string | undefined;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** @returns number of the event */
export async function recordAct(sql: PoolClient, act: TaskAct): Promise<string> {
  const { kind, task, actor, onBehalfOf, role, substituteFor, givenTo, reason, requestId } = act;
  const { rows } = await sql.query<{ event_id: string }>(
    `insert into task_events (task_id, kind, actor, on_behalf_of, substitute_for, role, given_to, reason, revision, request_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning event_id::text`,
    [
      task.task_id,
      kind,
      actor,
      onBehalfOf ?? null,
      substituteFor ?? null,
      role ?? null,
      givenTo ?? null,
      reason ?? null,
      task.revision,
      requestId ?? null,
    ],
  );
  await auditAct(sql, act);
  return rows[0]?.event_id ?? '';
}

/** What the audit is told of it. @param audit takes it */
export async function auditAct(sql: PoolClient, act: TaskAct, audit: AuditSink = recordAudit): Promise<void> {
  const { kind, task, actor, onBehalfOf, role, substituteFor, reason, requestId, before } = act;
  await audit(sql, {
    actor,
    // Both names: who acted, and whose right or whose work it was.
    onBehalfOf: onBehalfOf ?? substituteFor,
    role,
    action: kind === 'opened' ? 'open task' : `${VERBS[kind]} task ${task.kind}`,
    outcome: 'done',
    objectType: 'task',
    objectId: task.task_id,
    reason,
    before,
    after: substituteFor === undefined ? act.after : { ...act.after, substituteFor },
    requestId,
    workflowId: task.workflow_id,
  });
}
