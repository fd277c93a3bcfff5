/** A document of a request at the counter goes into the client's file: scanned paper with its number, or a recording (A2 §11-14). */
import type { Pool } from 'pg';
import type { DocumentsPort } from '../../../adapters/documents/documents-port';
import { mediaTypeOf } from '../../../adapters/documents/media-type';
import { businessDateOf } from '../../../domain/calendar/business-date';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import { enterDocument, type FiledDocument } from '../../archive/file-document';
import { inTransaction } from '../../database/transaction';
import { actOnRequest, requireStep, wasDone, type Act } from '../../permissions/act-on-request';
import { loadCounterTerms } from '../../permissions/counter-terms';
import { papersWanted } from '../../permissions/request-papers';
import { lockRequest, type PermissionRequest } from '../../permissions/request-row';
import { openArchive } from '../../archive/open-archive';

export interface Paper extends Act {
  readonly kind: string;
  /** Number of the paper, where it was scanned. */
  readonly paperNo?: string;
  /** What the sender says it is. */
  readonly mediaType: string;
  readonly content: Buffer;
}

const HEAD_BYTES = 4_100;

/**
 * Files the document, or refuses it with everything that is wrong with it. Documents are filed while the step is open: what a second
 * person looks at, or has looked at, is not exchanged. To file anew, it is sent back, or recalled by whoever entered it.
 * @throws BusinessError NOT_FOUND, NOT_AT_THE_COUNTER, REQUEST_ENDED, REQUEST_LAPSED, PERMISSION_BEING_OPENED, PERMISSION_BEING_CLOSED,
 *   STEP_NOT_OPEN, ONLY_ENTERER_FILES, DOCUMENT_NOT_ASKED, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE, PAPER_NUMBER_MISSING,
 *   DOCUMENT_OF_OTHER_TYPE
 */
export async function filePaper(
  { pool, documents }: { readonly pool: Pool; readonly documents: DocumentsPort },
  paper: Paper,
): Promise<FiledDocument> {
  const most = await inTransaction(pool, async (sql) => {
    const found = await lockRequest(sql, paper.requestNo);
    requireAtCounter(found);
    // An answer that was lost is asked for again when the step may be another one.
    if (!(await wasDone(sql, paper.key))) requireStep(found, 'documents');
    if (found.enteredBy !== paper.by)
      throw new BusinessError('ONLY_ENTERER_FILES', { request: paper.requestNo, person: found.enteredBy });
    const terms = await loadCounterTerms(sql, found.permission, businessDateOf(found.requestedAt));
    const wanted = await papersWanted(sql, found);
    await refuseFaults(paper, { kinds: [...new Set([...wanted, terms.holdingsDocument])], ...terms });
    return terms.scanBytesAtMost;
  });
  const kept = await documents.keep(bytesOf(paper.content), most);
  return actOnRequest(pool, paper, 'file document', async (sql, request) => {
    // The step may have ended while the bytes were kept: then they belong to nobody's file.
    requireStep(request, 'documents');
    const { workflowId, clientNo, today, step } = request;
    await openArchive(sql, { clientNo, openedOn: today });
    const filed = await enterDocument(sql, kept, {
      key: `${workflowId}:${paper.key}`,
      clientNo,
      kind: paper.kind,
      businessDate: today,
      workflowId,
      ...(paper.paperNo === undefined ? {} : { paperNo: paper.paperNo }),
      filedBy: paper.by,
      ...(paper.role === undefined ? {} : { role: paper.role }),
      ...(paper.requestId === undefined ? {} : { requestId: paper.requestId }),
    });
    return {
      answer: filed,
      detail: { kind: paper.kind, entryNo: filed.entryNo, sha256: filed.sha256 },
      next: { step },
    };
  });
}

/** @throws BusinessError NOT_AT_THE_COUNTER */
export function requireAtCounter({ kind, requestNo }: PermissionRequest): void {
  if (kind !== 'closing' && kind !== 'institution opening')
    throw new BusinessError('NOT_AT_THE_COUNTER', { request: requestNo });
}

async function refuseFaults(
  { kind, content, mediaType, paperNo }: Paper,
  {
    kinds,
    scanTypes,
    scanBytesAtMost: most,
  }: { readonly kinds: readonly string[]; readonly scanTypes: readonly string[]; readonly scanBytesAtMost: number },
): Promise<void> {
  const found = await mediaTypeOf(content.subarray(0, HEAD_BYTES));
  const isOther = found !== mediaType || !scanTypes.includes(found);
  const taken = scanTypes.includes(mediaType) ? mediaType : scanTypes.join(', ');
  const [first, ...others] = [
    !kinds.includes(kind) && new BusinessError('DOCUMENT_NOT_ASKED', { kind, kinds: kinds.join(', '), field: 'kind' }),
    content.length === 0 && new BusinessError('DOCUMENT_EMPTY', { field: 'content' }),
    content.length > most && new BusinessError('DOCUMENT_TOO_LARGE', { most, field: 'content' }),
    !isRecording(mediaType) &&
      paperNo === undefined &&
      new BusinessError('PAPER_NUMBER_MISSING', { kind, field: 'paperNo' }),
    isOther && content.length > 0 && new BusinessError('DOCUMENT_OF_OTHER_TYPE', { found, taken, field: 'mediaType' }),
  ].filter((fault) => fault !== false);
  if (first !== undefined) throw new SeveralRefusals([first, ...others]);
}

/** What was recorded has no paper; of everything else it is reviewed, and handed over by its number. */
const isRecording = (mediaType: string): boolean => mediaType.startsWith('audio/') || mediaType.startsWith('video/');

async function* bytesOf(content: Buffer): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(content);
}
