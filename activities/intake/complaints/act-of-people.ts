/** What people do with a complaint past its tasks: each at once, kept for the process, which is told. */
import type { Pool, PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { actOnComplaint, type ComplaintAct } from '../../complaints/act-on-complaint';
import { requireOpen, type ComplaintRow } from '../../complaints/complaint-row';
import { lockToCompute } from '../../deadlines/deadline-row';
import { complaintExtensionRefusals } from '../../complaints/extension-bounds';
import { keepOut, keptOutOf } from '../../people/keep-out';
import { standingOf, businessDateNow } from '../../people/standing';
import { loadParameters } from '../../terms/load-terms';
import { refuseFirst, refusalsOfActor } from '../judge-actor';
import { lockTask, requireOpen as requireOpenTask } from '../../tasks/task-row';

/** What was missing, or more of what happened, from whoever complains or in that name. */
export const supplementComplaint = (
  pool: Pool,
  act: ComplaintAct & { readonly text: string },
): Promise<{ readonly textId: string }> =>
  actOnComplaint(pool, act, 'supplement complaint', async (sql, complaint) => {
    requireOpen(complaint);
    return { answer: await writeText(sql, act, { kind: 'supplement' }), signal: true };
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
  { complaintNo, text, by }: ComplaintAct & { readonly text: string },
  { kind, taskId, requestNo }: TextPlace,
): Promise<{ readonly textId: string }> {
  const { rows } = await sql.query<{ text_id: string }>(
    `insert into complaint_texts (complaint_no, kind, task_id, request_no, text, written_by) values ($1, $2, $3, $4, $5, $6)
     returning text_id::text`,
    [complaintNo, kind, taskId ?? null, requestNo ?? null, text, by],
  );
  return { textId: rows[0]?.text_id ?? '' };
}

/** A question to a department, beside the others: asked by the handler, answered by a due date of its own. */
export const askDepartment = (
  pool: Pool,
  act: ComplaintAct & {
    readonly department: string;
    readonly branch?: string | undefined;
    readonly question: string;
    readonly dueDays?: number | undefined;
  },
): Promise<{ readonly requestNo: number }> =>
  actOnComplaint(pool, act, 'ask department', async (sql, complaint) => {
    await requireHandler(sql, complaint, act.by);
    const parameter = await loadParameters(sql, 'SH', await businessDateNow(sql));
    const dueDays = act.dueDays ?? Number.parseInt(parameter('COMPLAINT_REQUEST_DAYS'), 10);
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
 * The process that the complaint is about, and the event of its history that is meant: named once, and frozen into the file.
 * @throws BusinessError NOT_FOUND, COMPLAINT_ENDED, SUBJECT_NAMED_ALREADY
 */
export const nameSubject = (
  pool: Pool,
  act: ComplaintAct & { readonly workflowId: string; readonly event?: string | undefined },
): Promise<null> =>
  actOnComplaint(pool, act, 'name subject', async (sql, complaint) => {
    requireOpen(complaint);
    const { workflowId, event } = act;
    const { rowCount } = await sql.query('select from processes where workflow_id = $1', [workflowId]);
    if (rowCount === 0)
      throw new BusinessError('NOT_FOUND', { what: '流程 process', key: workflowId, field: 'workflowId' });
    if (complaint.aboutWorkflow !== null)
      throw new BusinessError('SUBJECT_NAMED_ALREADY', { process: complaint.aboutWorkflow });
    await sql.query('update complaints set about_workflow = $2, about_event = $3 where complaint_no = $1', [
      act.complaintNo,
      workflowId,
      event ?? null,
    ]);
    return { answer: null, detail: { about: workflowId, event: event ?? null }, signal: true };
  });

/** Somebody takes no part any more: of oneself, or of another by compliance. */
export const recuse = (
  pool: Pool,
  act: ComplaintAct & { readonly person: string; readonly reason: string },
): Promise<{ readonly person: string }> =>
  actOnComplaint(pool, act, 'recuse', async (sql, complaint) => {
    requireOpen(complaint);
    await keepOut(sql, { workflowId: complaint.workflowId, person: act.person, cause: 'recused', by: act.by });
    return { answer: { person: act.person }, detail: { person: act.person }, reason: act.reason, signal: true };
  });

/**
 * More time for the answer: asked for by the handler before the limit, decided by compliance before the limit too.
 * @throws BusinessError EXTENSION_AFTER_LIMIT, EXTENSIONS_USED_UP, EXTENSION_BEYOND_LEGAL_LIMIT
 */
export const askMoreTime = (
  pool: Pool,
  act: ComplaintAct & { readonly furtherN: number; readonly reason: string },
): Promise<{ readonly extensionId: string }> =>
  actOnComplaint(pool, act, 'ask for more time', async (sql, complaint) => {
    await requireHandler(sql, complaint, act.by);
    await judgeExtension(sql, complaint, act.furtherN);
    const { rows } = await sql.query<{ extension_id: string }>(
      `insert into complaint_extensions (complaint_no, further_n, reason, asked_by) values ($1, $2, $3, $4) returning extension_id::text`,
      [act.complaintNo, act.furtherN, act.reason, act.by],
    );
    const extensionId = rows[0]?.extension_id ?? '';
    return { answer: { extensionId }, detail: { furtherN: act.furtherN }, reason: act.reason, signal: true };
  });

async function judgeExtension(sql: PoolClient, complaint: ComplaintRow, furtherN: number): Promise<void> {
  const { complaintNo, now, level } = complaint;
  const row = await lockToCompute(sql, `complaint-answer:${complaintNo}:${level}`);
  if (now >= row.dueAt)
    throw new BusinessError('EXTENSION_AFTER_LIMIT', { deadline: row.businessKey, dueAt: row.dueAt });
  const { rows } = await sql.query<{ count: number }>(
    'select count(*)::int as count from complaint_extensions where complaint_no = $1',
    [complaintNo],
  );
  refuseFirst(await complaintExtensionRefusals(sql, row, { furtherN, asked: rows[0]?.count ?? 0 }));
}

/** @throws BusinessError COMPLAINT_ENDED, COMPLAINT_NOT_ASSIGNED, NOT_HANDLER, KEPT_OUT_OF_CASE */
async function requireHandler(sql: PoolClient, complaint: ComplaintRow, by: string): Promise<void> {
  requireOpen(complaint);
  const { complaintNo, state, handler } = complaint;
  if (state !== 'assigned' || handler === null)
    throw new BusinessError('COMPLAINT_NOT_ASSIGNED', { complaint: complaintNo, state });
  if (handler !== by) throw new BusinessError('NOT_HANDLER', { complaint: complaintNo });
  const { naturalPerson } = await standingOf(sql, by, await businessDateNow(sql));
  if ((await keptOutOf(sql, complaint.workflowId)).includes(naturalPerson)) throw new BusinessError('KEPT_OUT_OF_CASE');
}
