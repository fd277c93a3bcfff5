/** The end: root cause, corrective actions that departments owe, the complete file. */
import { patched } from '@temporalio/workflow';
import type { AskedAction, ComplaintClasses, CorrectiveAction } from '../../activities/complaints/close-complaint';
import { database, outside } from '../activity-groups';
import { ACCOUNTABILITY, REASONABLENESS, ROOT_CAUSES, TRANSFER_KINDS } from '../../domain/complaints/complaint-words';
import type { TaskForm } from '../building-blocks/task-spec';
import { CORRECTION_FORM } from '../building-blocks/task-forms';
import type { FilledForm } from '../messages/tasks';
import { freezeAtClosing } from './evidence';
import { doneInTime, doneUnless } from './clocks';
import { actorOf, answered, factsOf, record, type ComplaintCase } from './complaint-case';
import { dueFrom, Owed } from '../building-blocks/owed';

const CLOSE: TaskForm = {
  version: 2,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['rootCause', 'reasonableness', 'accountability', 'actions'],
    properties: {
      rootCause: { enum: ROOT_CAUSES, title: '根本原因 root cause' },
      reasonableness: { enum: REASONABLENESS, title: '诉求是否合理 whether what was claimed was reasonable' },
      accountability: { enum: ACCOUNTABILITY, title: '问责 whom it was held against' },
      transferKind: { enum: TRANSFER_KINDS, title: '转办件类别 kind of what was passed on, of a transfer' },
      actions: {
        type: 'array',
        maxItems: 20,
        title: '整改措施 corrective actions, each owed by a department',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['role', 'dueDays', 'what'],
          properties: {
            role: {
              enum: ['branch', 'region', 'brokerage', 'service', 'operations', 'finance', 'compliance', 'admin'],
              title: '部门 department',
            },
            branch: { type: 'string', maxLength: 20, title: '营业部 branch' },
            dueDays: { type: 'integer', minimum: 1, maximum: 250, title: '期限（工作日）working days' },
            what: { type: 'string', minLength: 5, maxLength: 500, title: '整改内容 what is to be corrected' },
          },
        },
      },
    },
  },
};

/**
 * Root cause and actions are recorded, and every action is followed to its end.
 * @param hears whether what the complainant writes meanwhile takes it back: nobody was reached, and silence is no consent
 */
export async function close(
  it: ComplaintCase,
  endedAs: 'closed' | 'disputed',
  { hears = false }: { readonly hears?: boolean } = {},
): Promise<'closed' | 'objected'> {
  it.waiting.stage('结案', 'closing');
  const nth = (it.closing.asked += 1);
  const spec = {
    businessKey: `complaint-close:${it.complaintNo}${nth === 1 ? '' : `:${nth}`}`,
    kind: 'close-complaint',
    titleZh: '结案：根本原因与整改措施',
    titleEn: 'close a complaint: root cause and corrective actions',
    role: 'service',
    form: CLOSE,
    facts: { ...factsOf(it), endedAs },
    revision: nth,
    bulk: false,
  };
  const task =
    hears && patched('an objection before the closing is heard')
      ? await doneUnless(it, 'close', spec, {
          isOver: () => it.complaint.isAnswerDisputed,
          cause: '投诉人不同意答复 the complainant disagrees with the answer',
        })
      : await doneInTime(it, 'close', spec);
  if (task === undefined) return 'objected';
  const { form, by } = task;
  // The words by reference, as they were typed into the form.
  const asked = form['actions'] as readonly AskedAction[];
  const actions = await database('登记根本原因与整改措施 root cause and corrective actions').closeComplaint({
    complaintNo: it.complaintNo,
    rootCause: String(form['rootCause']),
    ...classesOf(form),
    endedAs,
    actions: asked,
    by: actorOf(by),
  });
  await record(it, { step: endedAs === 'closed' ? 'close' : 'dispute', by: actorOf(by) }, '结案 close');
  it.waiting.stage('整改', 'corrective actions');
  await Promise.all(actions.map((action) => correct(it, action, asked[action.actionNo - 1]?.what)));
  return 'closed';
}

/** As whoever closes classes it; tasks of an earlier version did not ask. */
const classesOf = (form: FilledForm): ComplaintClasses =>
  Object.fromEntries(
    (['reasonableness', 'accountability', 'transferKind'] as const).flatMap((name) =>
      typeof form[name] === 'string' ? [[name, form[name]]] : [],
    ),
  );

/** The complete file, once nothing is owed any more: actions are carried out, what was decided is paid. */
export async function file(it: ComplaintCase): Promise<void> {
  it.waiting.stage('归档', 'filing');
  await freezeAtClosing(it);
  await outside('投诉案卷归档 file the complaint').fileComplaint({ complaintNo: it.complaintNo });
}

/** One action, owed by a department; late, it is escalated, and it stays owed until it is done. */
async function correct(
  it: ComplaintCase,
  { actionNo, role, branch, dueDays, since }: CorrectiveAction,
  what: string | undefined,
): Promise<void> {
  const key = `complaint-action:${it.complaintNo}:${actionNo}`;
  const at = branch === undefined ? {} : { branch };
  const promise = await Owed.give(it, {
    businessKey: key,
    step: 'corrective action',
    subject: `${it.complaintNo}:${actionNo}`,
    owner: { role },
    ...at,
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: dueDays },
    receivedAt: since,
    titleZh: '整改措施',
    titleEn: 'corrective action',
  });
  const task = await answered(it, {
    businessKey: key,
    kind: 'do-corrective-action',
    titleZh: '落实投诉整改措施',
    titleEn: 'carry out a corrective action of a complaint',
    role,
    ...at,
    ...dueFrom(promise),
    form: CORRECTION_FORM,
    facts: { ...factsOf(it), action: actionNo, ...(what === undefined ? {} : { what }) },
    revision: 1,
    bulk: false,
  });
  await database(`整改完成 action ${actionNo} is done`).endCorrectiveAction({
    complaintNo: it.complaintNo,
    actionNo,
    by: actorOf(task.by),
  });
  await promise.meet({ by: task.by.person, at: task.at });
}
