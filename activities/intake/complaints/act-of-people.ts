/** What people do with a complaint past its tasks: each at once, kept for the process, which is told. */
import type { Pool, PoolClient } from 'pg';
import { tellHeadGone } from '../../callbacks/move-callback';
import { DECIDED_STATES } from '../../../domain/complaints/complaint-words';
import { BusinessError } from '../../../domain/errors';
import { actBefore, actOnComplaint, ADDING, type ComplaintAct } from '../../complaints/act-on-complaint';
import type { ComplaintRow } from '../../complaints/complaint-row';
import { refusalsOfDepartment } from '../../complaints/department';
import { passOnWork } from '../../complaints/newly-kept-out';
import { cameBefore } from '../../complaints/said-since';
import { requireDueByAnswer } from '../../complaints/request-bound';
import { subjectRefusals } from '../../complaints/subject-of-complaint';
import { tellOfMore } from '../../complaints/tell-of-more';
import { inTransaction } from '../../database/transaction';
import { keepOut, type ExclusionCause } from '../../people/keep-out';
import { businessDateNow } from '../../people/standing';
import { loadParameters } from '../../terms/load-terms';
import { lockTask, requireOpen as requireOpenTask } from '../../tasks/task-row';
import { refuseFirst, refusalsOfActor } from '../judge-actor';
import { refuseKeptOut, requireHandler, requirePart } from './take-part';
import { requireReceipt, type Came } from './when-it-came';
import { ofProcess } from '../../database/of-process';

/**
 * What was missing, or more of what happened, from whoever complains or in that name.
 * @throws BusinessError COMPLAINT_ENDED, KEPT_OUT_OF_CASE
 * @throws SeveralRefusals RECEIVED_IN_THE_FUTURE, RECEIVED_BEFORE_COMPLAINT
 */
export const supplementComplaint = (
  pool: Pool,
  act: ComplaintAct & Came & { readonly text: string },
): Promise<{ readonly textId: string }> =>
  actOnComplaint(pool, act, ADDING.words, async (sql, complaint) => {
    await requirePart(sql, complaint, act);
    requireReceipt(complaint, act);
    const answer = await writeText(sql, act, { kind: 'supplement' });
    await tellOfMore(sql, complaint, { by: act.by, nth: `text-${answer.textId}` });
    return { answer, signal: 'added' };
  });

/**
 * The text that belongs to a task: a question, a reason, an answer, a finding. Whoever may do the task may write it, as often as
 * needed; the last one counts.
 */
export const writeTaskText = (
  pool: Pool,
  act: ComplaintAct & { readonly text: string; readonly taskId: string; readonly onBehalfOf?: string | undefined },
): Promise<{ readonly textId: string }> =>
  actOnComplaint(pool, act, 'write text', async (sql, complaint) => {
    const task = await lockTask(sql, act.taskId);
    if (task.workflow_id !== complaint.workflowId)
      throw new BusinessError('TASK_NOT_OPEN', { task: act.taskId, field: 'taskId' });
    requireOpenTask(task);
    refuseFirst(await refusalsOfActor(sql, { person: act.by, onBehalfOf: act.onBehalfOf }, task));
    return {
      answer: await writeText(sql, act, { kind: 'task', taskId: act.taskId }),
      detail: { task: act.taskId, kind: task.kind },
    };
  });

interface TextPlace {
  readonly kind: 'supplement' | 'question' | 'task';
  readonly taskId?: string;
  readonly requestNo?: number;
}

async function writeText(
  sql: PoolClient,
  { complaintNo, text, by, at }: ComplaintAct & Came & { readonly text: string },
  { kind, taskId, requestNo }: TextPlace,
): Promise<{ readonly textId: string }> {
  const { rows } = await sql.query<{ text_id: string }>(
    `insert into complaint_texts (complaint_no, kind, task_id, request_no, text, written_by, received_at)
     values ($1, $2, $3, $4, $5, $6, ${cameBefore('$7')}) returning text_id::text`,
    [complaintNo, kind, taskId ?? null, requestNo ?? null, text, by, at ?? null],
  );
  return { textId: rows[0]?.text_id ?? '' };
}

/** A question to a department, beside the others: asked by the handler while the outcome is not proposed, answered by a due date of its own, no later than the answer is owed. */
export const askDepartment = (
  pool: Pool,
  act: ComplaintAct & {
    readonly department: string;
    readonly branch?: string | undefined;
    readonly question: string;
    readonly dueDays?: number | undefined;
    readonly onBehalfOf?: string | undefined;
  },
): Promise<{ readonly requestNo: number }> =>
  actOnComplaint(pool, act, 'ask department', async (sql, complaint) => {
    await requireHandler(sql, complaint, act);
    refuseFirst(await refusalsOfDepartment(sql, { role: act.department, branch: act.branch }, 'branch'));
    await requireNotProposed(sql, complaint);
    const parameter = await loadParameters(sql, 'SH', await businessDateNow(sql));
    const dueDays = act.dueDays ?? Number.parseInt(parameter('COMPLAINT_REQUEST_DAYS'), 10);
    await requireDueByAnswer(sql, parameter, complaint, dueDays);
    const { rows } = await sql.query<{ request_no: number }>(
      `insert into complaint_requests (complaint_no, request_no, role, branch, due_days, asked_by)
       select $1, coalesce(max(request_no), 0) + 1, $2, $3, $4, $5 from complaint_requests where complaint_no = $1 returning request_no`,
      [act.complaintNo, act.department, act.branch ?? null, dueDays, act.by],
    );
    const requestNo = rows[0]?.request_no ?? 0;
    await writeText(sql, { ...act, text: act.question }, { kind: 'question', requestNo });
    return { answer: { requestNo }, detail: { requestNo, department: act.department, dueDays }, signal: true };
  });

/**
 * What is asked while others decide about the proposal would be followed by nobody. The task is held: whoever completes it at the same
 * time sees the request, or this one sees that it is done.
 */
async function requireNotProposed(sql: PoolClient, { complaintNo, workflowId }: ComplaintRow): Promise<void> {
  const { rowCount } = await sql.query(
    `select from tasks where ${ofProcess('workflow_id', '$1')} and kind in ('propose-complaint-outcome', 'propose-group-outcome')
        and state in ('open', 'claimed') for share`,
    [workflowId],
  );
  if (rowCount === 0) throw new BusinessError('PROPOSAL_BEING_DECIDED', { complaint: complaintNo });
}

/**
 * The process that the complaint is about, and the event of its history that is meant: named once and frozen into the file; until the
 * decision compliance may correct it, and what was frozen stays beside it.
 * @throws BusinessError NOT_FOUND, COMPLAINT_ENDED, KEPT_OUT_OF_CASE, SUBJECT_NAMED_ALREADY, SUBJECT_NOT_OF_COMPLAINT
 */
export const nameSubject = (
  pool: Pool,
  act: ComplaintAct & {
    readonly workflowId: string;
    readonly run?: string | undefined;
    readonly event?: string | undefined;
  },
): Promise<null> =>
  actOnComplaint(pool, act, 'name subject', async (sql, complaint) => {
    await requirePart(sql, complaint, act);
    const { workflowId, run, event } = act;
    const { rows } = await sql.query<{ client: string | null }>(
      'select client_no as client from complainants where complaint_no = $1',
      [act.complaintNo],
    );
    refuseFirst(await subjectRefusals(sql, { workflowId, clientNo: rows[0]?.client ?? null, field: 'workflowId' }));
    const mayCorrect = act.role === 'compliance' && !DECIDED_STATES.includes(complaint.state);
    if (complaint.aboutWorkflow !== null && !mayCorrect)
      throw new BusinessError('SUBJECT_NAMED_ALREADY', { complaint: act.complaintNo });
    await sql.query(
      'update complaints set about_workflow = $2, about_run = $3, about_event = $4 where complaint_no = $1',
      [act.complaintNo, workflowId, run ?? null, event ?? null],
    );
    return {
      answer: null,
      detail: { about: workflowId, ...(run === undefined ? {} : { run }), event: event ?? null },
      signal: 'subject',
    };
  });

const RECUSE = 'recuse';

export interface Recusal extends ComplaintAct {
  readonly person: string;
  readonly reason: string;
  readonly cause?: ExclusionCause | undefined;
}

/** Whether this very recusal was done before. @throws BusinessError IDEMPOTENCY_MISMATCH */
export const isRecused = (pool: Pool, act: Recusal): Promise<boolean> =>
  inTransaction(pool, async (sql) => (await actBefore(sql, act, RECUSE)) !== undefined);

/**
 * Somebody takes no part any more: of oneself, or of another by compliance; after the end too, in what is left then: corrective actions, what
 * is paid, inspections (decision 0082). Until the decision whoever works at it may also say whom it turns out to be about, whose superiors take
 * no part either.
 * @throws BusinessError KEPT_OUT_OF_CASE, NOT_FOUND, COMPLAINT_DECIDED
 */
export const recuse = (pool: Pool, act: Recusal): Promise<{ readonly person: string }> =>
  actOnComplaint(pool, act, RECUSE, async (sql, complaint) => {
    const { person, cause = 'recused', by } = act;
    if (person !== by) await refuseKeptOut(sql, complaint, act);
    if (cause === 'complained about' && DECIDED_STATES.includes(complaint.state))
      throw new BusinessError('COMPLAINT_DECIDED', { complaint: act.complaintNo, state: complaint.state });
    await keepOut(sql, { workflowId: complaint.workflowId, person, cause, by });
    await tellHeadGone(sql, complaint.workflowId, person);
    await passOnWork(sql, complaint, act);
    return { answer: { person }, detail: { person, cause }, reason: act.reason, signal: true };
  });
