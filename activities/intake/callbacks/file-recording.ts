/** The recording of a call goes into the file of the client, or of the complaint of whoever is none: the bytes whose digest was recorded with the result, and no others (A2 §5, §14). */
import type { Pool } from 'pg';
import type { DocumentsPort } from '../../../adapters/documents/documents-port';
import { BusinessError } from '../../../domain/errors';
import { enterDocument, type FiledDocument } from '../../archive/file-document';
import { openArchive } from '../../archive/open-archive';
import { recordAudit } from '../../audit/record-audit';
import { attemptsOf, lockCallback } from '../../callbacks/callback-row';
import { fileWithComplaint } from '../../complaints/keep-attachment';
import { inTransaction } from '../../database/transaction';

export interface CallRecording {
  readonly callbackNo: string;
  readonly nth: number;
  readonly content: Buffer;
  readonly by: string;
  readonly role: string;
  readonly requestId: string;
}

export interface FiledRecording extends Pick<FiledDocument, 'sha256'> {
  /** In the file of the client; null of a complaint of whoever is none. */
  readonly entryNo: number | null;
}

/** An hour of a telephone line, as it is kept compressed. */
const MOST_BYTES = 10_000_000;

/**
 * Once: the same bytes again are filed already.
 * @throws BusinessError NOT_FOUND, CALL_NOT_RECORDED, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE, DOCUMENT_OF_OTHER_TYPE, RECORDING_DIFFERS
 */
export async function fileRecording(
  { pool, documents }: { readonly pool: Pool; readonly documents: DocumentsPort },
  { callbackNo, nth, content, by, role, requestId }: CallRecording,
): Promise<FiledRecording> {
  const expected = await inTransaction(pool, async (sql) => {
    await lockCallback(sql, callbackNo);
    const attempt = (await attemptsOf(sql, callbackNo)).find((one) => one.nth === nth);
    if (attempt === undefined) throw new BusinessError('NOT_FOUND', { what: '拨打 attempt', key: String(nth) });
    if (attempt.recordingSha256 === null) throw new BusinessError('CALL_NOT_RECORDED', { nth });
    return attempt.recordingSha256;
  });
  const kept = await documents.keep(bytesOf(content), MOST_BYTES);
  if (!kept.mediaType.startsWith('audio/'))
    throw new BusinessError('DOCUMENT_OF_OTHER_TYPE', { found: kept.mediaType, taken: 'audio', field: 'content' });
  if (kept.sha256 !== expected) throw new BusinessError('RECORDING_DIFFERS', { nth, field: 'content' });
  return inTransaction(pool, async (sql) => {
    const { clientNo, workflowId, filedWith, today, subject } = await lockCallback(sql, callbackNo);
    if (clientNo === null) {
      const isNew = await fileWithComplaint(sql, kept, { complaintNo: subject, kind: 'call recording', by });
      if (!isNew) return { entryNo: null, sha256: kept.sha256 };
      await recordAudit(sql, {
        actor: by,
        role,
        action: 'file document',
        outcome: 'done',
        objectType: 'complaint',
        objectId: subject,
        after: { kind: 'call recording', callback: callbackNo, nth, sha256: kept.sha256 },
        requestId,
        workflowId: filedWith ?? workflowId,
      });
      return { entryNo: null, sha256: kept.sha256 };
    }
    await openArchive(sql, { clientNo, openedOn: today });
    return enterDocument(sql, kept, {
      key: `${workflowId}:recording:${nth}`,
      clientNo,
      kind: 'call recording',
      businessDate: today,
      workflowId: filedWith ?? workflowId,
      filedBy: by,
      role,
      requestId,
    });
  });
}

async function* bytesOf(content: Buffer): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(content);
}
