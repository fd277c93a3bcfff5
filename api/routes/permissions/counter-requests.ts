/** Requests at the counter of a branch: closings, openings by institutions, their documents and papers (A2 §8-14). */
import { filePaper } from '../../../activities/intake/permissions/file-paper';
import { handOverPapers } from '../../../activities/intake/permissions/hand-over-papers';
import { openClosing } from '../../../activities/intake/permissions/open-closing';
import { openInstitution } from '../../../activities/intake/permissions/open-institution';
import { withdrawCounterRequest } from '../../../activities/intake/permissions/withdraw-request';
import type { OpenedRequest } from '../../../activities/intake/permissions/enter-request';
import { permissionCode, requestView, scopeOf, viewOf, visibleRequest } from '../../reads/permission-requests';
import { route, type Asked } from '../../route';
import { person, reason, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';
import { requestPath } from './permission-requests';

const clientNo = z
  .string()
  .regex(/^C\d{8}$/)
  .openapi({ example: 'C00000001' });

type AnyAsked = Asked<unknown, unknown, unknown>;

const staff = ({ caller, requestId, idempotencyKey }: AnyAsked) => ({
  key: `${caller.person}:${idempotencyKey}`,
  by: caller.person,
  role: 'branch',
  requestId,
});

async function answerOf({ caller }: AnyAsked, { pool, sendStart }: Services, opened: OpenedRequest) {
  await sendStart(opened.start);
  const body = await viewOf(
    pool,
    caller,
    await visibleRequest(pool, caller, opened.requestNo, 'readPermissionRequest'),
  );
  const location = `/v1/permission-requests/${opened.requestNo}`;
  return { status: opened.isNew ? (201 as const) : (200 as const), body, location };
}

export const askClosing = route({
  id: 'askPermissionClosing',
  method: 'post',
  path: '/v1/permission-closings',
  tag: 'permissions',
  summary: { zh: '柜台申请关闭权限', en: 'Ask at the counter to close a permission' },
  description: {
    zh: '柜台申请关闭权限；有未了结事项时一并告知各自最早可关闭日期，或按客户意愿等待',
    en: 'Ask at the counter to close a permission; what stands in the way is told with its first date, or waited for as the client wishes',
  },
  body: z.strictObject({
    clientNo,
    permission: permissionCode,
    waits: z.boolean().openapi({ description: '客户愿意等待 the client wishes that the request waits' }),
  }),
  answer: requestView,
  statuses: [200, 201],
  refusals: [
    'NOT_FOUND',
    'PERMISSION_NOT_OPEN',
    'PERMISSION_UNKNOWN',
    'TRADED_TODAY',
    'LIVE_ORDER_TODAY',
    'TRADE_NOT_DELIVERED',
    'SALE_MONEY_NOT_SETTLED',
    'EARLIER_DAY_NOT_CLEARED',
  ],
  respond: async (asked, services) => {
    const [, branches] = await scopeOf(services.pool, asked.caller, 'askPermissionClosing');
    return answerOf(asked, services, await openClosing(services.pool, { ...staff(asked), ...asked.body, branches }));
  },
});

export const askInstitutionOpening = route({
  id: 'askInstitutionOpening',
  method: 'post',
  path: '/v1/institution-openings',
  tag: 'permissions',
  summary: {
    zh: '柜台录入机构开通申请；条件当即核对，未满足者一并告知',
    en: 'Enter an opening for an institution at the counter; the conditions are judged at once and all that fail are told',
  },
  body: z.strictObject({ clientNo, permission: permissionCode }),
  answer: requestView,
  statuses: [200, 201],
  refusals: [
    'NOT_FOUND',
    'PERMISSION_UNKNOWN',
    'ONLY_INSTITUTIONS',
    'PERMISSION_OPEN_ALREADY',
    'ACCOUNT_NOT_OPEN',
    'ACCOUNT_NOT_QUALIFIED',
    'ACCOUNT_NOT_DESIGNATED_HERE',
    'RISK_RESULT_MISSING',
    'RISK_QUESTIONNAIRE_NOT_NEWEST',
    'RISK_RESULT_EXPIRED',
    'ASSETS_BELOW_MINIMUM',
    'AVERAGE_ASSETS_BELOW_MINIMUM',
    'EXPERIENCE_MISSING',
    'EXPERIENCE_TOO_SHORT',
    'SERIOUS_BAD_CREDIT_RECORD',
    'EXCHANGE_WARNING_RECENT',
    'PERSON_RESTRICTED',
  ],
  respond: async (asked, services) => {
    const [, branches] = await scopeOf(services.pool, asked.caller, 'askInstitutionOpening');
    const entered = { ...staff(asked), ...asked.body, branches };
    return answerOf(asked, services, await openInstitution(services.pool, entered));
  },
});

/** Of whoever does something at the counter with a request under way. */
export const COUNTER_ACT_REFUSALS = [
  'NOT_FOUND',
  'NOT_AT_THE_COUNTER',
  'REQUEST_ENDED',
  'REQUEST_LAPSED',
  'PERMISSION_BEING_OPENED',
  'PERMISSION_BEING_CLOSED',
] as const;

/** Base64 of the largest scan, and what stands around it. */
const BODY_BYTES = 8_000_000;

export const fileRequestDocument = route({
  id: 'fileRequestDocument',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/documents',
  tag: 'permissions',
  summary: {
    zh: '提交申请的扫描件或录音录像，归入客户档案',
    en: 'File a scan or a recording of the request in the file of its client',
  },
  params: requestPath,
  bodyBytes: BODY_BYTES,
  body: z.strictObject({
    kind: z.string().min(1).max(60).openapi({ example: 'closing request' }),
    paperNo: z
      .string()
      .regex(/^[\w-]{1,40}$/)
      .optional()
      .openapi({ description: '纸质材料编号，扫描件必填 number of the paper that was scanned' }),
    mediaType: z.string().min(3).max(100).openapi({ example: 'application/pdf' }),
    content: z.base64().openapi({ description: 'Base64' }),
  }),
  answer: z
    .strictObject({ entryId: rowId, entryNo: z.number().int(), sha256: z.string() })
    .openapi('FiledRequestDocument'),
  statuses: [201],
  refusals: [
    ...COUNTER_ACT_REFUSALS,
    'STEP_NOT_OPEN',
    'ONLY_ENTERER_FILES',
    'DOCUMENT_NOT_ASKED',
    'DOCUMENT_EMPTY',
    'DOCUMENT_TOO_LARGE',
    'PAPER_NUMBER_MISSING',
    'DOCUMENT_OF_OTHER_TYPE',
    'DOCUMENT_KEY_TAKEN',
  ],
  respond: async (asked, services) => {
    const { requestNo } = asked.params;
    await visibleRequest(services.pool, asked.caller, requestNo, 'fileRequestDocument');
    const { kind, paperNo, mediaType, content } = asked.body;
    const filed = await filePaper(services, {
      ...staff(asked),
      requestNo,
      channel: 'branch',
      kind,
      ...(paperNo === undefined ? {} : { paperNo }),
      mediaType,
      content: Buffer.from(content, 'base64'),
    });
    await services.dispatchSignals().catch(() => undefined);
    return { status: 201, location: `/v1/permission-requests/${requestNo}/documents`, body: { ...filed } };
  },
});

export const handOverRequestPapers = route({
  id: 'handOverRequestPapers',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/paper-handovers',
  tag: 'permissions',
  summary: {
    zh: '将申请的纸质材料移交保管人，取得回执',
    en: 'Hand the papers of the request over to their custodian against a receipt',
  },
  params: requestPath,
  body: z.strictObject({
    custodian: z.string().min(1).max(40).openapi({ example: '1001' }),
    receiptNo: z
      .string()
      .regex(/^[\w-]{1,40}$/)
      .openapi({ example: 'R-20250623-7' }),
    receivedBy: person,
  }),
  answer: z.strictObject({ papers: z.number().int() }).openapi('PapersHandedOver'),
  refusals: [
    'NOT_FOUND',
    'NOT_AT_THE_COUNTER',
    'PAPER_NOT_FILED',
    'SCAN_NOT_LEGIBLE',
    'SAME_PERSON',
    'PAPER_HANDED_OVER_ALREADY',
  ],
  respond: async (asked, services) => {
    const { requestNo } = asked.params;
    await visibleRequest(services.pool, asked.caller, requestNo, 'handOverRequestPapers');
    const body = await handOverPapers(services.pool, { ...staff(asked), ...asked.body, requestNo, channel: 'branch' });
    await services.dispatchSignals().catch(() => undefined);
    return { status: 200, body: { ...body } };
  },
});

export const withdrawAtCounter = route({
  id: 'withdrawCounterRequest',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/counter-withdrawal',
  tag: 'permissions',
  summary: {
    zh: '在柜台撤回申请，关闭或开通前随时可以',
    en: 'Take a request back at the counter, at any time before it is carried out',
  },
  params: requestPath,
  body: z.strictObject({ reason }),
  answer: requestView,
  refusals: COUNTER_ACT_REFUSALS,
  respond: async (asked, services) => {
    const { requestNo } = asked.params;
    await visibleRequest(services.pool, asked.caller, requestNo, 'withdrawCounterRequest');
    const { reason: why } = asked.body;
    await withdrawCounterRequest(services.pool, { ...staff(asked), requestNo, channel: 'branch', reason: why });
    return answerOf(asked, services, { requestNo, isNew: false });
  },
});
