/** What people do with a complaint past its tasks: add to it, write the text of a task, ask departments, ask for time, step back. */
import { askDepartment, isRecused, recuse, writeTaskText } from '../../../activities/intake/complaints/act-of-people';
import { nameComplainant } from '../../../activities/intake/complaints/name-complainant';
import { handOver } from '../../../activities/intake/complaints/hand-over';
import { takeBackNaming } from '../../../activities/intake/complaints/take-back-naming';
import { askMoreTime } from '../../../activities/intake/complaints/ask-more-time';
import { BusinessError } from '../../../domain/errors';
import { ASKED_ABOUT_COMPLAINTS } from '../../../domain/complaints/complaint-words';
import type { Role } from '../../../domain/people/roles';
import { actAsked, actOf, seen, type Acting } from '../../complaint-act';
import { holdsAnyOf, type Caller } from '../../identity';
import { requireSight } from '../../reads/complaint-particulars';
import { complaintIn, complaintNo, complaintPath, complaintView } from '../../reads/complaints';
import { visibleComplaint } from '../../reads/complaints-seen';
import { route } from '../../route';
import { onBehalfOf, person, reason, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const longText = z.string().trim().min(1).max(10_000);

/** What was asked of others: the complaint says what becomes of it. */
async function askedOf<Status extends 201 | 202>(asked: Acting, services: Services, status: Status) {
  return { ...(await seen(asked, services)), status, location: `/v1/complaints/${asked.params.complaintNo}` };
}

export const nameComplainantRoute = route({
  id: 'nameComplainant',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/complainant',
  tag: 'complaints',
  summary: { zh: '补充或更正投诉人的客户号与资金账户', en: 'Say which client complains, and the fund account' },
  description: {
    zh: '补充投诉人的客户号与资金账户：由办理人员填写；已写明的，决定作出前由合规更正',
    en: 'Say which client complains, and the fund account: by whoever handles it; one who is named is corrected by compliance until the decision',
  },
  params: complaintPath,
  body: z.strictObject({
    clientNo: z
      .string()
      .regex(/^C\d{8}$/)
      .openapi({ example: 'C00000001' }),
    fundAccount: z
      .string()
      .min(1)
      .max(20)
      .optional()
      .openapi({ description: '赔付所至；缺省为首个 where compensation goes; the first one where left away' }),
  }),
  answer: z
    .strictObject({
      alike: z
        .array(complaintNo)
        .openapi({ description: '同一客户同类在办投诉 open complaints of the same client about the same' }),
    })
    .openapi('ComplainantNamed'),
  ifMatch: true,
  refusals: [
    'NOT_FOUND',
    'REVISION_STALE',
    'PARTICULARS_CONFIDENTIAL',
    'KEPT_OUT_OF_CASE',
    'COMPLAINT_ENDED',
    'FUND_ACCOUNT_NOT_OF_CLIENT',
    'COMPLAINANT_NAMED_ALREADY',
    'COMPENSATION_UNDER_WAY',
  ],
  respond: async (asked, services) => {
    const { params, caller, requestId, body } = asked;
    if (!holdsAnyOf(caller, ['compliance']))
      await requireSight(services.pool, caller, { no: params.complaintNo, requestId, shown: { toName: 'client' } });
    const { alike } = await nameComplainant(services.pool, { ...(await actOf(asked, services)), ...body });
    await services.dispatchSignals().catch(() => undefined);
    const { etag } = await complaintIn(services.pool, params.complaintNo);
    return { status: 200, etag, body: { alike: [...alike] } };
  },
});

export const writeComplaintText = route({
  id: 'writeComplaintText',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/texts',
  tag: 'complaints',
  summary: { zh: '为任务写下文字，再完成任务', en: 'Write the text of a task before it is completed' },
  description: {
    zh: '为任务写下文字（询问、理由、答复、调查结论、给投诉人的答复），再完成任务；文字不进入流程历史',
    en: 'Write the text of a task (question, reason, finding, answer) before it is completed; no text enters a history',
  },
  params: complaintPath,
  body: z.strictObject({ taskId: rowId, text: longText, onBehalfOf }),
  answer: z.strictObject({ textId: rowId }).openapi('ComplaintText'),
  statuses: [201],
  refusals: ['NOT_FOUND', 'KEPT_OUT_OF_CASE', 'WRONG_SIDE', 'WRONG_BRANCH', 'TASK_NOT_OPEN', 'TASK_WITHDRAWN'],
  respond: async (asked, services) => {
    const written = await writeTaskText(services.pool, { ...(await actOf(asked, services)), ...asked.body });
    return { status: 201, location: `/v1/complaints/${asked.params.complaintNo}`, body: written };
  },
});

export const askDepartmentRoute = route({
  id: 'askDepartment',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/requests',
  tag: 'complaints',
  summary: { zh: '向部门提出协查，各有期限，并行办理', en: 'Ask a department, beside others, each with its due date' },
  params: complaintPath,
  body: z.strictObject({
    department: z.enum(ASKED_ABOUT_COMPLAINTS),
    branch: z.string().min(1).max(20).optional(),
    question: longText,
    dueDays: z.number().int().min(1).max(60).optional().openapi({ description: '工作日 working days' }),
    onBehalfOf,
  }),
  answer: complaintView,
  etag: true,
  statuses: [201],
  refusals: [
    'NOT_FOUND',
    'NOT_HANDLER',
    'KEPT_OUT_OF_CASE',
    'COMPLAINT_ENDED',
    'COMPLAINT_NOT_ASSIGNED',
    'PROPOSAL_BEING_DECIDED',
    'REQUEST_DUE_AFTER_ANSWER',
    'BRANCH_UNKNOWN',
    'BRANCH_MISSING',
  ],
  respond: async (asked, services) => {
    await askDepartment(services.pool, { ...(await actOf(asked, services)), ...asked.body });
    return askedOf(asked, services, 201);
  },
});

export const askMoreTimeRoute = route({
  id: 'askComplaintExtension',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/extensions',
  tag: 'complaints',
  summary: { zh: '申请延期', en: 'Ask for more time for the answer' },
  description: {
    zh: '申请延期：须在期限届满前提出，由承办部门负责人批准（负责人本人申请或须回避的由合规批准），批准后告知投诉人',
    en: 'Ask for more time: before the limit, decided before it too by the head of those who owe the answer, by compliance where the head asks or is kept out; told to the complainant',
  },
  params: complaintPath,
  body: z.strictObject({
    furtherDays: z
      .number()
      .int()
      .min(1)
      .max(60)
      .openapi({ description: '按原期限的计日方式 days as the limit counts them' }),
    reason,
    onBehalfOf,
  }),
  answer: complaintView,
  etag: true,
  statuses: [202],
  refusals: [
    'NOT_FOUND',
    'NOT_HANDLER',
    'KEPT_OUT_OF_CASE',
    'COMPLAINT_ENDED',
    'COMPLAINT_NOT_ASSIGNED',
    'EXTENSION_AFTER_LIMIT',
    'EXTENSION_ALREADY_ASKED',
    'EXTENSIONS_USED_UP',
    'EXTENSION_BEYOND_LEGAL_LIMIT',
  ],
  respond: async (asked, services) => {
    const { furtherDays, reason: why, onBehalfOf: principal } = asked.body;
    await askMoreTime(services.pool, {
      ...(await actOf(asked, services)),
      furtherN: furtherDays,
      reason: why,
      onBehalfOf: principal,
    });
    return askedOf(asked, services, 202);
  },
});

export const handOverComplaint = route({
  id: 'handOverComplaint',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/handler',
  tag: 'complaints',
  summary: { zh: '移交承办', en: 'Hand a complaint over within its department' },
  description: {
    zh: '移交承办：承办人休假、患病或离岗时，由承办部门负责人、副职或监督人员附理由移交给本部门他人；须回避者不得承办，双方均获通知',
    en: 'Hand a complaint over to somebody else of the department that handles it, with the reason: by its head or deputy, or a supervisor; never to whoever is kept out; both are told',
  },
  params: complaintPath,
  body: z.strictObject({ person, reason, onBehalfOf }),
  answer: complaintView,
  ifMatch: true,
  refusals: [
    'NOT_FOUND',
    'REVISION_STALE',
    'COMPLAINT_ENDED',
    'COMPLAINT_NOT_ASSIGNED',
    'KEPT_OUT_OF_CASE',
    'HANDLES_IT_ALREADY',
    'HANDLER_UNFIT',
    'HANDLED_BEFORE',
    'HANDLES_AND_APPROVES',
  ],
  respond: async (asked, services) => {
    await handOver(services.pool, { ...(await actOf(asked, services)), ...asked.body });
    return seen(asked, services);
  },
});

export const recuseRoute = route({
  id: 'recuseFromComplaint',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/recusals',
  tag: 'complaints',
  summary: {
    zh: '回避；补记或撤回被投诉人员',
    en: 'Step back from a complaint; say whom it is about, or take that back',
  },
  description: {
    zh: '回避：本人申请，或由合规（或总经理）决定他人回避，办结后亦可（整改、赔付、检查仍须回避）；决定作出前，客服或合规可补记被投诉人员，其上级一并回避，误记的由合规或总经理撤回；承办人回避后重新指派',
    en: 'Step back from a complaint; compliance or the general manager may say so of somebody else, after the end too (corrective actions, payment and inspections are left then); until the decision service or compliance may say whom it turns out to be about, whose superiors are kept out too, and either of them takes back a naming by mistake. A handler who is kept out is replaced',
  },
  params: complaintPath,
  body: z.strictObject({
    person: person.optional(),
    cause: z.enum(['recused', 'complained about', 'named by mistake']).optional().openapi({
      description:
        '回避，或系被投诉人员，或撤回误记的被投诉人员 recused, unless it is about that person, or was said to be by mistake',
    }),
    reason,
  }),
  answer: complaintView,
  etag: true,
  refusals: ['NOT_FOUND', 'COMPLAINT_ENDED', 'COMPLAINT_DECIDED', 'KEPT_OUT_OF_CASE'],
  respond: async (asked, services) => {
    const { caller, body } = asked;
    const whom = body.person ?? caller.person;
    const act = actAsked(asked);
    if (body.cause === 'named by mistake') {
      await visibleComplaint(services.pool, caller, act.complaintNo);
      requireNaming(caller, NAMING);
      await takeBackNaming(services.pool, { ...act, person: whom, reason: body.reason });
      return seen(asked, services);
    }
    const recusal = { person: whom, reason: body.reason, cause: body.cause };
    // Whoever stepped back sees it no more; the same act once more is answered as the first time.
    if (!(await isRecused(services.pool, { ...act, ...recusal })))
      await visibleComplaint(services.pool, caller, act.complaintNo);
    if (whom !== caller.person)
      requireNaming(caller, body.cause === 'complained about' ? [...NAMING, 'service'] : NAMING);
    await recuse(services.pool, { ...act, ...recusal });
    await services.dispatchSignals().catch(() => undefined);
    // Whoever stepped back sees it no more from now on: this answer is the last.
    return { status: 200, ...(await complaintIn(services.pool, act.complaintNo)) };
  },
});

/** Who names others; a complaint may keep out all of compliance. */
const NAMING: readonly Role[] = ['compliance', 'general_manager'];

/** Of somebody else. @throws BusinessError ROLE_MISSING */
function requireNaming(caller: Caller, roles: readonly Role[]): void {
  if (!holdsAnyOf(caller, roles)) throw new BusinessError('ROLE_MISSING', { role: roles.join(' | '), field: 'person' });
}
