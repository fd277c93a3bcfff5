/** Work that waits for those of whom nobody is left in a case goes to whoever does their part, whose process is told (decision 0103). */
import type { PoolClient } from 'pg';
import { queueSignals } from '../outbox/queue-message';
import { queueEach } from '../outbox/queue-notice';
import { inLockOrder } from './lock-order';
import { recordAct } from './record-act';
import { MAY_BE_PASSED_UP, roleAsked } from './role-asked';

/** The signal `taskPassedUp` of workflows/messages/tasks.ts. */
const SIGNAL = 'taskPassedUp';

/** What processes ask anew by themselves, as soon as they read that others do it now, as approvals; and the taking up of a day, without which the complaint goes on. */
const STAYS = ['assign-complaint', 'leave-complaint-group', 'go-on-without-answer', 'take-up-complaint'];

interface Waiting {
  readonly task_id: string;
  readonly workflow_id: string;
  readonly kind: string;
  readonly revision: number;
  readonly role: string;
  readonly branch: string | null;
  readonly title: { readonly zh: string; readonly en: string };
}

/** Of the process of a case, and of those that work for it; in the transaction of the cause, after what is held there went back. */
export async function passUpTasks(
  sql: PoolClient,
  {
    workflowId,
    key,
    by,
    requestId,
  }: {
    readonly workflowId: string;
    /** Of the act. */
    readonly key: string;
    readonly by: string;
    readonly requestId?: string | undefined;
  },
): Promise<void> {
  const { rows } = await sql.query<Waiting>(
    `select t.task_id::text, t.workflow_id, t.kind, t.revision, t.role, t.branch, jsonb_build_object('zh', n.zh, 'en', n.en) as title
       from tasks t join task_titles n using (title_id)
      where t.state in ('open', 'claimed') and t.content_sha256 is null and t.first_task is null and t.kind <> all($2)
        and ${MAY_BE_PASSED_UP} and process_behind(t.workflow_id) = $1
      order by ${inLockOrder('t')} for update of t`,
    [workflowId, STAYS],
  );
  for (const task of rows) {
    const role = await roleAsked(sql, { workflowId: task.workflow_id, kind: task.kind, role: task.role });
    if (role === task.role) continue;
    await sql.query(
      `update tasks set role = $2, mark = null, state = 'open', claimed_by = null, assigned_by = null where task_id = $1`,
      [task.task_id, role],
    );
    const asked = { before: { role: task.role }, after: { role } };
    await recordAct(sql, { kind: 'opened', task, actor: by, ...asked, requestId });
    await tell(sql, task, { role, key });
  }
}

/** The process takes the answer of others from now on, and they are alarmed. */
async function tell(
  sql: PoolClient,
  { task_id: taskId, workflow_id: workflowId, title, branch }: Waiting,
  { role, key }: { readonly role: string; readonly key: string },
): Promise<void> {
  await queueSignals(sql, [
    { key: `task-passed-up:${taskId}:${key}`, workflowId, signal: SIGNAL, args: [taskId, role] },
  ]);
  await queueEach(sql, [
    {
      key: `task-passed-up:${taskId}:${key}:${role}`,
      workflowId,
      severity: 'critical',
      recipientRole: role,
      template: 'TASK_PASSED_UP',
      facts: { task: taskId, title },
      ...(branch === null ? {} : { branch }),
    },
  ]);
}
