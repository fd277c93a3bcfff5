/** The documents of a request as they stand in the file of its client: which there are, each as it was kept, and those that cannot be read (A2 §14). */
import { recordReading } from '../../../activities/intake/record-reading';
import { returnScan } from '../../../activities/intake/permissions/return-scan';
import { BusinessError } from '../../../domain/errors';
import { rolesOf } from '../../identity';
import { accessTo } from '../../policy';
import { bytesOfDocument } from '../../reads/documents';
import { visibleRequest } from '../../reads/permission-requests';
import { route } from '../../route';
import { instant, reason, saidWhy } from '../../schemas';
import { z } from '../../zod';
import { requestPath } from './permission-requests';
import { COUNTER_ACT_REFUSALS } from './counter-requests';

const entryNo = z
  .number()
  .int()
  .openapi({ description: '客户档案内的顺序号 running number in the file of the client' });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const documentLine = z
  .strictObject({
    entryNo,
    kind: z.string().openapi({ example: 'closing request' }),
    sha256,
    mediaType: z.string(),
    byteCount: z.string(),
    paperNo: z.string().nullable(),
    filedBy: z.string(),
    filedAt: instant,
    review: z
      .strictObject({ outcome: z.enum(['legible', 'scan again']), by: z.string(), reason: z.string(), at: instant })
      .nullable(),
    handOver: z
      .strictObject({ custodian: z.string(), receiptNo: z.string(), receivedBy: z.string(), on: z.string() })
      .nullable(),
  })
  .openapi('RequestDocument');

const UTC = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const listRequestDocuments = route({
  id: 'listRequestDocuments',
  method: 'get',
  path: '/v1/permission-requests/{requestNo}/documents',
  tag: 'permissions',
  summary: {
    zh: '申请归入客户档案的全部材料：摘要、复核、保管与回执',
    en: 'What the request has filed: digests, reviews, custodians and receipts',
  },
  params: requestPath,
  answer: z.strictObject({ items: z.array(documentLine) }).openapi('RequestDocuments'),
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller }, { pool }) => {
    await visibleRequest(pool, caller, params.requestNo, 'listRequestDocuments');
    const { rows } = await pool.query<z.input<typeof documentLine>>(
      `select e.entry_no as "entryNo", e.kind, e.sha256, d.media_type as "mediaType", d.byte_count::text as "byteCount", e.paper_no as "paperNo",
              e.filed_by as "filedBy", e.filed_at as "filedAt",
              case when r.entry_id is not null then jsonb_build_object('outcome', r.outcome, 'by', r.reviewed_by, 'reason', r.reason,
                'at', ${UTC('r.at')}) end as review,
              case when h.entry_id is not null then jsonb_build_object('custodian', h.custodian, 'receiptNo', h.receipt_no,
                'receivedBy', h.received_by, 'on', h.handed_over_on) end as "handOver"
         from permission_requests q join archive_entries e using (workflow_id) join documents d using (sha256)
         left join archive_reviews r using (entry_id) left join paper_handovers h using (entry_id)
        where q.request_no = $1 order by e.entry_no`,
      [params.requestNo],
    );
    return { status: 200, body: { items: rows } };
  },
});

export const readRequestDocument = route({
  id: 'readRequestDocument',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/documents/{entryNo}',
  tag: 'permissions',
  summary: { zh: '申请的一份材料原件', en: 'A document of the request as it was kept' },
  description: {
    zh: '申请的一份材料原件，供复核与办理查阅；须在正文中说明理由，查阅即留痕',
    en: 'A document of the request as it was kept, for whoever checks it; say why in the body: each look is audited before the answer',
  },
  params: requestPath
    .extend({ entryNo: z.coerce.number().int().min(1).max(1_000_000).openapi({ type: 'integer' }) })
    .strict(),
  body: saidWhy,
  writes: false,
  answer: z
    .strictObject({
      entryNo,
      kind: z.string(),
      sha256,
      mediaType: z.string(),
      content: z.string().openapi({ description: 'Base64' }),
    })
    .openapi('RequestDocumentContent'),
  refusals: ['NOT_FOUND', 'DOCUMENT_DAMAGED'],
  respond: async ({ params, body: said, caller, requestId }, { pool, documents }) => {
    const { requestNo, entryNo: nth } = params;
    await visibleRequest(pool, caller, requestNo, 'readRequestDocument');
    const { rows } = await pool.query<{ kind: string; sha256: string; mediaType: string }>(
      `select e.kind, e.sha256, d.media_type as "mediaType"
         from permission_requests q join archive_entries e using (workflow_id) join documents d using (sha256)
        where q.request_no = $1 and e.entry_no = $2`,
      [requestNo, nth],
    );
    const [found] = rows;
    if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '申请材料 document', key: String(nth) });
    await recordReading(pool, {
      actor: caller.person,
      role: rolesOf(caller).find((role) => (accessTo('readRequestDocument') as readonly string[]).includes(role)),
      action: 'read personal data',
      objectType: 'permission request',
      objectId: requestNo,
      reason: said.reason,
      shown: { entryNo: nth, kind: found.kind, sha256: found.sha256 },
      requestId,
    });
    const content = await bytesOfDocument(documents, found.sha256);
    return { status: 200, body: { entryNo: nth, ...found, content: content.toString('base64') } };
  },
});

export const returnRequestScan = route({
  id: 'returnRequestScan',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/scan-returns',
  tag: 'permissions',
  summary: {
    zh: '复核人指明看不清的扫描件，须重新扫描；随后退回复核任务',
    en: 'The second person names a scan that cannot be read and is to be made again; the task is sent back then',
  },
  params: requestPath,
  body: z.strictObject({ entryNo, reason }),
  answer: z.strictObject({ kind: z.string() }).openapi('ReturnedScan'),
  refusals: [...COUNTER_ACT_REFUSALS, 'STEP_NOT_OPEN', 'NOT_A_SCAN', 'SAME_PERSON', 'SCAN_REVIEWED_ALREADY'],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { pool }) => {
    await visibleRequest(pool, caller, params.requestNo, 'returnRequestScan');
    const returned = await returnScan(pool, {
      ...body,
      requestNo: params.requestNo,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: 'branch_risk',
      requestId,
    });
    return { status: 200, body: returned };
  },
});
