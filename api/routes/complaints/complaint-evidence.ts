/** What a complaint rests on: the process and the event it is about, frozen with their digests; the documents of its file. */
import { nameSubject } from '../../../activities/intake/complaints/act-of-people';
import { BusinessError } from '../../../domain/errors';
import { looksAt, requireSight } from '../../reads/complaint-particulars';
import { complaintPath, complaintView } from '../../reads/complaints';
import { visibleComplaint } from '../../reads/complaints-seen';
import { bytesOfDocument } from '../../reads/documents';
import { route } from '../../route';
import { instant } from '../../schemas';
import { z } from '../../zod';
import { actOf, seen } from '../../complaint-act';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const nameComplaintSubject = route({
  id: 'nameComplaintSubject',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/subject',
  tag: 'complaints',
  summary: {
    zh: '关联所投诉的流程及其历史中的那一事件',
    en: 'Name the process that the complaint is about, and the event of its history',
  },
  description: {
    zh: '关联所投诉的流程及其历史中的那一事件；证据随即冻结入卷。决定作出前合规可更正，已冻结的仍在卷',
    en: 'Name the process that the complaint is about and the event of its history; the evidence is frozen into the file. Until the decision compliance may correct it; what was frozen stays',
  },
  params: complaintPath,
  body: z.strictObject({
    workflowId: z.string().min(1).max(200).openapi({ example: 'permission-opening:HKSC:P20250623-000001' }),
    run: z.uuid().optional().openapi({
      description:
        '流程的哪一次运行，见 Temporal Web UI；不填为有该事件编号的最近一次 run of the process, as the Web UI shows it; else the newest that has an event of that number',
    }),
    event: z
      .string()
      .regex(/^[1-9]\d{0,9}$/)
      .optional()
      .openapi({ description: '历史事件编号，见 Temporal Web UI number of the event, as the Web UI shows it' }),
  }),
  answer: complaintView,
  ifMatch: true,
  refusals: [
    'NOT_FOUND',
    'REVISION_STALE',
    'COMPLAINT_ENDED',
    'KEPT_OUT_OF_CASE',
    'SUBJECT_NAMED_ALREADY',
    'SUBJECT_NOT_OF_COMPLAINT',
  ],
  respond: async (asked, services) => {
    await nameSubject(services.pool, { ...(await actOf(asked, services)), ...asked.body });
    return seen(asked, services);
  },
});

const frozen = z
  .strictObject({
    moment: z
      .enum(['linked', 'corrected', 'closing'])
      .openapi({ description: '关联时、更正时、结案时 when it was linked, corrected, filed' }),
    workflowId: z.string().nullable().openapi({
      description:
        'null: 与运行、事件编号一样只供办理人员查阅，每次查阅留痕 as run and event for those who handle it, each look audited',
    }),
    run: z.string().nullable().openapi({ description: '所指的那次运行 run that is meant; null: the engine has none' }),
    event: z.string().nullable(),
    eventType: z.string().nullable().openapi({ description: 'null: 历史中没有该事件 the history has no such event' }),
    eventAt: instant.nullable(),
    events: z
      .number()
      .int()
      .nullable()
      .openapi({ description: '各次运行的历史事件数 events of the histories of all runs; null: the engine has none' }),
    rows: z.number().int(),
    historySha256: sha256.nullable(),
    rowsSha256: sha256,
    sha256: sha256.openapi({ description: '清单摘要 digest of the manifest' }),
    frozenAt: instant,
  })
  .openapi('FrozenEvidence');

const documentLine = z
  .strictObject({
    kind: z.enum(['attachment', 'mail', 'evidence', 'file', 'callback record', 'call recording']),
    sha256,
    mediaType: z.string(),
    byteCount: z.string(),
    filedAt: instant,
  })
  .openapi('ComplaintDocument');

export const readComplaintEvidence = route({
  id: 'readComplaintEvidence',
  method: 'get',
  path: '/v1/complaints/{complaintNo}/evidence',
  tag: 'complaints',
  summary: {
    zh: '投诉所涉流程的冻结证据与案卷文件清单，各有摘要',
    en: 'The frozen evidence of the process that a complaint is about, and the documents of its file, each with its digest',
  },
  params: complaintPath,
  answer: z.strictObject({ frozen: z.array(frozen), documents: z.array(documentLine) }).openapi('ComplaintEvidence'),
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller, requestId }, { pool }) => {
    const { complaintNo: no } = params;
    await visibleComplaint(pool, caller, no);
    const { rows: evidence } = await pool.query<z.input<typeof frozen>>(
      `select moment, about_workflow as "workflowId", about_run as run, about_event::text as event, event_type as "eventType", event_at as "eventAt",
              event_count as events, row_count as rows, history_sha256 as "historySha256", rows_sha256 as "rowsSha256", sha256,
              frozen_at as "frozenAt"
         from complaint_evidence where complaint_no = $1 order by evidence_id`,
      [no],
    );
    const { rows: documents } = await pool.query<z.input<typeof documentLine>>(
      `select kind, sha256, media_type as "mediaType", byte_count::text as "byteCount", filed_at as "filedAt"
         from complaint_documents join documents using (sha256) where complaint_no = $1 order by document_id`,
      [no],
    );
    const isShown =
      evidence.length === 0 || (await looksAt(pool, caller, { no, requestId, shown: { about: 'evidence' } }));
    const hidden = isShown ? {} : { workflowId: null, run: null, event: null };
    return { status: 200, body: { frozen: evidence.map((one) => ({ ...one, ...hidden })), documents } };
  },
});

export const readComplaintDocument = route({
  id: 'readComplaintDocument',
  method: 'get',
  path: '/v1/complaints/{complaintNo}/documents/{sha256}',
  tag: 'complaints',
  summary: { zh: '案卷中的一份文件原件', en: 'A document of the file as it was kept' },
  description: {
    zh: '案卷中的一份文件原件：只供办理人员查阅，每次查阅留痕；回访人只看随投诉收到的',
    en: 'A document of the file as it was kept: for those who handle the complaint, each look audited; whoever only calls sees what came with it',
  },
  params: complaintPath.extend({ sha256 }).strict(),
  answer: z
    .strictObject({ sha256, mediaType: z.string(), content: z.string().openapi({ description: 'Base64' }) })
    .openapi('ComplaintDocumentContent'),
  refusals: ['NOT_FOUND', 'PARTICULARS_CONFIDENTIAL', 'DOCUMENT_DAMAGED'],
  respond: async ({ params, caller, requestId }, { pool, documents }) => {
    const { complaintNo, sha256: document } = params;
    const { rows } = await pool.query<{ mediaType: string; came: boolean }>(
      `select media_type as "mediaType", kind in ('attachment', 'mail') as came
         from complaint_documents join documents using (sha256) where complaint_no = $1 and sha256 = $2 order by came desc limit 1`,
      [complaintNo, document],
    );
    const [found] = rows;
    await requireSight(pool, caller, {
      no: complaintNo,
      requestId,
      shown: { document },
      whole: found?.came !== true,
    });
    if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '案卷文件 document', key: document });
    const content = await bytesOfDocument(documents, document);
    return { status: 200, body: { sha256: document, mediaType: found.mediaType, content: content.toString('base64') } };
  },
});
