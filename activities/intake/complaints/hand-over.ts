/** A complaint changes hands within the department that handles it: its handler is on holiday, ill, or gone (complaints page 3). */
import type { Pool, PoolClient } from 'pg';
import { OWING_STATES } from '../../../domain/complaints/complaint-words';
import { BusinessError } from '../../../domain/errors';
import { actOnComplaint, type ComplaintAct } from '../../complaints/act-on-complaint';
import type { ComplaintRow } from '../../complaints/complaint-row';
import { DECIDES_ABOUT } from '../../complaints/handlers';
import { passOnExtensions } from '../../complaints/pass-on-extensions';
import { handlerRefusals } from '../../complaints/task-forms';
import { ownDeadlines } from '../../deadlines/own-deadline';
import { queueEach } from '../../outbox/queue-notice';
import { assignerRefusals, assignIn } from '../assign-task';
import { refuseFirst } from '../judge-actor';
import { requirePart } from './take-part';
import { ofProcess } from '../../database/of-process';

export interface HandOver extends ComplaintAct {
  /** Who handles it from now on. */
  readonly person: string;
  readonly reason: string;
  readonly onBehalfOf?: string | undefined;
  readonly requestId: string;
}

/**
 * By the head or a deputy of the department, or a supervisor, as tasks are given; never to whoever may not handle it. The open task of the
 * handler and the promise of the answer go along, and both handlers are told. What was proposed already stays with whoever proposed it.
 * @throws BusinessError COMPLAINT_ENDED, KEPT_OUT_OF_CASE, COMPLAINT_NOT_ASSIGNED, HANDLES_IT_ALREADY, ROLE_MISSING, HANDLER_UNFIT, HANDLED_BEFORE,
 *   HANDLES_AND_APPROVES
 */
export const handOver = (pool: Pool, act: HandOver): Promise<null> =>
  actOnComplaint(pool, act, 'hand over', async (sql, complaint) => {
    const { person, reason, by, onBehalfOf } = act;
    for (const one of [by, ...(onBehalfOf === undefined ? [] : [onBehalfOf])])
      await requirePart(sql, complaint, { by: one });
    const { complaintNo, workflowId, state, handler: before, handlerRole: role, handlerBranch: branch } = complaint;
    if (!OWING_STATES.includes(state) || before === null || role === null)
      throw new BusinessError('COMPLAINT_NOT_ASSIGNED', { complaint: complaintNo, state });
    if (person === before) throw new BusinessError('HANDLES_IT_ALREADY', { person, field: 'person' });
    const department = { role, branch: branch ?? undefined };
    refuseFirst([
      ...(await assignerRefusals(sql, { person: by, onBehalfOf }, { role, side: null, branch })),
      ...(await handlerRefusals(sql, workflowId, { person, ...department }, 'person')),
      ...(await approverRefusals(sql, complaintNo, person)),
    ]);
    await sql.query('update complaints set handler = $2 where complaint_no = $1', [complaintNo, person]);
    // Promises before tasks: a promise that moves takes its tasks along.
    await ownDeadlines(sql, { workflowId, step: 'answer' }, { role, branch, person });
    await giveTask(sql, workflowId, act);
    await passOnExtensions(sql, complaint, act.key);
    await tell(sql, complaint, act, before);
    const to = { person, role, ...(branch === null ? {} : { branch }) };
    return {
      answer: null,
      reason,
      detail: { handler: to, from: before, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) },
      signal: true,
    };
  });

/** Whoever approved what is proposed, or one step of it, or where it is paid, does not take it over. */
async function approverRefusals(
  sql: PoolClient,
  complaintNo: string,
  person: string,
): Promise<readonly BusinessError[]> {
  const { rowCount } = await sql.query(
    `select from complaint_proposals p join complaints c using (complaint_no, level)
       join tasks t on ${ofProcess('t.workflow_id', 'c.workflow_id')} and ${DECIDES_ABOUT}
       join approvals a using (task_id)
      where p.complaint_no = $1 and p.state in ('awaiting approval', 'approved')
        and natural_person($2) in (natural_person(a.checker), natural_person(a.checker_for)) limit 1`,
    [complaintNo, person],
  );
  return rowCount === 0 ? [] : [new BusinessError('HANDLES_AND_APPROVES', { field: 'person' })];
}

/** While others decide about the proposal there is no task of the handler. */
async function giveTask(sql: PoolClient, workflowId: string, act: HandOver): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    `select task_id::text as id from tasks
      where ${ofProcess('workflow_id', '$1')} and kind in ('propose-complaint-outcome', 'propose-group-outcome') and state in ('open', 'claimed')`,
    [workflowId],
  );
  const { by, onBehalfOf, person, reason, requestId } = act;
  for (const { id } of rows) await assignIn(sql, { taskId: id, person: by, onBehalfOf, to: person, reason, requestId });
}

/** Whoever handles it from now on, and whoever does no more. */
async function tell(
  sql: PoolClient,
  { complaintNo, workflowId, revision, branch }: ComplaintRow,
  { person }: HandOver,
  before: string,
): Promise<void> {
  await queueEach(
    sql,
    [person, before].map((one) => ({
      key: `complaint-handed-over:${complaintNo}:${revision}:${one}`,
      recipientRef: `person:${one}`,
      workflowId,
      severity: 'info',
      template: 'COMPLAINT_HANDED_OVER',
      facts: { complaint: complaintNo },
      ...(branch === null ? {} : { branch }),
    })),
  );
}
