/** Evidence that somebody adds to a complaint by hand: taken by what its bytes are, or refused with everything that is wrong with it. */
import type { Pool } from 'pg';
import type { DocumentsPort } from '../../../adapters/documents/documents-port';
import { BusinessError } from '../../../domain/errors';
import { actOnComplaint, ADDING, type ComplaintAct } from '../../complaints/act-on-complaint';
import { requirePart } from './take-part';
import { requireReceipt, type Came } from './when-it-came';
import { enterAttachment, judgedAttachment, keptBytes, type GivenAttachment } from '../../complaints/keep-attachment';
import { tellOfMore } from '../../complaints/tell-of-more';
import { inTransaction } from '../../database/transaction';
import { businessDateNow } from '../../people/standing';
import { loadParameters } from '../../terms/load-terms';
import { refuseFirst } from '../judge-actor';

export interface AddedAttachment {
  readonly attachmentId: string;
  readonly sha256: string;
}

/**
 * @throws BusinessError NOT_FOUND, COMPLAINT_ENDED
 * @throws SeveralRefusals ATTACHMENT_EMPTY, ATTACHMENT_TOO_LARGE, ATTACHMENT_NOT_TAKEN, ATTACHMENT_IS_NOT_WHAT_IT_SAYS, RECEIVED_IN_THE_FUTURE,
 *         RECEIVED_BEFORE_COMPLAINT
 */
export async function addAttachment(
  { pool, documents }: { readonly pool: Pool; readonly documents: DocumentsPort },
  act: ComplaintAct & GivenAttachment & Came,
): Promise<AddedAttachment> {
  const most = await inTransaction(pool, async (sql) => {
    const parameter = await loadParameters(sql, 'SH', await businessDateNow(sql));
    return Number.parseInt(parameter('COMPLAINT_ATTACHMENT_BYTES'), 10);
  });
  const judged = await judgedAttachment(act, most);
  const told = { most, found: judged.mediaType, said: [act.saidType, act.fileName].filter(Boolean).join(', ') };
  refuseFirst(judged.faults.map((code) => new BusinessError(code, { ...told, field: 'content' })));
  const kept = await keptBytes(documents, act.bytes);
  const { bytes: _, ...named } = act;
  const content = { ...named, sha256: kept.sha256 };
  return actOnComplaint(pool, content, ADDING.file, async (sql, complaint) => {
    await requirePart(sql, complaint, act);
    requireReceipt(complaint, act);
    const attachmentId = await enterAttachment(sql, act, judged, kept);
    await tellOfMore(sql, complaint, { by: act.by, nth: `file-${attachmentId}` });
    const { sha256, mediaType } = kept;
    return { answer: { attachmentId, sha256 }, detail: { attachmentId, mediaType, sha256 }, signal: 'added' };
  });
}
