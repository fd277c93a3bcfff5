/** What came with a complaint: added by hand, or by mail; shown to those who handle it, each look audited. */
import { addAttachment } from '../../../activities/intake/complaints/add-attachment';
import { BusinessError } from '../../../domain/errors';
import { requireSight } from '../../reads/complaint-particulars';
import { complaintPath } from '../../reads/complaints';
import { bytesOfDocument } from '../../reads/documents';
import { route } from '../../route';
import { rowId } from '../../schemas';
import { cameAt, receivedAt } from '../../when-it-came';
import { z } from '../../zod';
import { actOf } from '../../complaint-act';

/** Base64 of the largest attachment, and its frame. */
const BODY_BYTES = 14_000_000;

export const addComplaintAttachment = route({
  id: 'addComplaintAttachment',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/attachments',
  tag: 'complaints',
  summary: { zh: '提交投诉证据', en: 'Add evidence to a complaint' },
  description: {
    zh: '提交投诉证据：大小与真实类型当即核对，自称类型与内容不符的不予接收',
    en: 'Add evidence to a complaint: size and true type are checked at once; what says that it is something else is refused',
  },
  params: complaintPath,
  body: z.strictObject({
    fileName: z.string().trim().min(1).max(200).openapi({ example: 'receipt.pdf' }),
    mediaType: z.string().min(3).max(100).openapi({ example: 'application/pdf' }),
    content: z.base64().openapi({ description: 'Base64' }),
    receivedAt,
  }),
  bodyBytes: BODY_BYTES,
  answer: z.strictObject({ attachmentId: rowId, sha256: z.string() }).openapi('ComplaintAttachmentAdded'),
  statuses: [201],
  refusals: [
    'NOT_FOUND',
    'COMPLAINT_ENDED',
    'ATTACHMENT_EMPTY',
    'ATTACHMENT_TOO_LARGE',
    'ATTACHMENT_NOT_TAKEN',
    'ATTACHMENT_IS_NOT_WHAT_IT_SAYS',
    'RECEIVED_IN_THE_FUTURE',
    'RECEIVED_BEFORE_COMPLAINT',
  ],
  respond: async (asked, services) => {
    const { fileName, mediaType, content, receivedAt: given } = asked.body;
    const came = cameAt(asked.caller, given);
    const added = await addAttachment(services, {
      ...(await actOf(asked, services)),
      ...came,
      fileName,
      saidType: mediaType,
      bytes: Buffer.from(content, 'base64'),
    });
    await services.dispatchSignals().catch(() => undefined);
    const location = `/v1/complaints/${asked.params.complaintNo}/attachments/${added.attachmentId}`;
    return { status: 201, location, body: { ...added } };
  },
});

const attachmentContent = z
  .strictObject({
    fileName: z.string().nullable(),
    mediaType: z.string(),
    sha256: z.string(),
    content: z.string().openapi({ description: 'Base64' }),
  })
  .openapi('ComplaintAttachmentContent');

export const readComplaintAttachment = route({
  id: 'readComplaintAttachment',
  method: 'get',
  path: '/v1/complaints/{complaintNo}/attachments/{attachmentId}',
  tag: 'complaints',
  summary: {
    zh: '投诉附件原件：只供办理人员与投诉人本人查阅，每次查阅留痕',
    en: 'An attachment as it came: for those who handle the complaint and for whoever complains, each look audited',
  },
  params: complaintPath.extend({ attachmentId: rowId }).strict(),
  answer: attachmentContent,
  refusals: ['NOT_FOUND', 'PARTICULARS_CONFIDENTIAL', 'DOCUMENT_DAMAGED'],
  respond: async ({ params, caller, requestId }, { pool, documents }) => {
    const { complaintNo, attachmentId } = params;
    await requireSight(pool, caller, { no: complaintNo, requestId, shown: { attachmentId } });
    const { rows } = await pool.query<{ fileName: string | null; mediaType: string; sha256: string }>(
      `select file_name as "fileName", media_type as "mediaType", sha256 from complaint_attachments
        where complaint_no = $1 and attachment_id = $2 and sha256 is not null`,
      [complaintNo, attachmentId],
    );
    const [found] = rows;
    if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '附件 attachment', key: attachmentId });
    const content = await bytesOfDocument(documents, found.sha256);
    return { status: 200, body: { ...found, content: content.toString('base64') } };
  },
});
