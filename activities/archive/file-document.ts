/** A document goes into the file of its client: once under its key, for twenty years and more (A2 §13-15). */
import type { Pool, PoolClient } from 'pg';
import type { DocumentsPort, KeptDocument } from '../../adapters/documents/documents-port';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';

export interface DocumentToFile {
  /** Unique for ever: the same key with the same bytes is filed already. */
  readonly key: string;
  readonly clientNo: string;
  /** What it is, in the words of the permission's list: `agreement`, `identity document`. */
  readonly kind: string;
  readonly businessDate: string;
  /** Process that it belongs to. */
  readonly workflowId?: string;
  /** Number of the paper, where it was scanned. */
  readonly paperNo?: string;
  readonly filedBy: string;
  readonly role?: string;
  readonly requestId?: string;
  /** Media types that are taken; any where left away. What the bytes are counts, not what was said of them. */
  readonly mediaTypes?: readonly string[];
  readonly mostBytes: number;
}

export interface FiledDocument {
  readonly entryId: string;
  /** Running number in the file of the client. */
  readonly entryNo: number;
  readonly sha256: string;
}

/**
 * Keeps the bytes and enters them. Bytes that were kept and could not be entered stand in the store under their digest and belong
 * to nobody's file.
 * @throws BusinessError DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE, DOCUMENT_OF_OTHER_TYPE, NOT_FOUND, DOCUMENT_KEY_TAKEN
 */
export async function fileDocument(
  { pool, documents }: { readonly pool: Pool; readonly documents: DocumentsPort },
  bytes: AsyncIterable<Uint8Array>,
  filed: DocumentToFile,
): Promise<FiledDocument> {
  const kept = await documents.keep(bytes, filed.mostBytes);
  if (filed.mediaTypes !== undefined && !filed.mediaTypes.includes(kept.mediaType)) {
    throw new BusinessError('DOCUMENT_OF_OTHER_TYPE', { found: kept.mediaType, taken: filed.mediaTypes.join(', ') });
  }
  return inTransaction(pool, (sql) => enterDocument(sql, kept, filed));
}

/**
 * Enters bytes that are kept, in the transaction of their reason.
 * @throws BusinessError NOT_FOUND, DOCUMENT_KEY_TAKEN
 */
export async function enterDocument(
  sql: PoolClient,
  kept: KeptDocument,
  filed: Omit<DocumentToFile, 'mediaTypes' | 'mostBytes'>,
): Promise<FiledDocument> {
  await lockArchive(sql, filed.clientNo);
  const before = await filedBefore(sql, filed, kept.sha256);
  if (before !== undefined) return before;
  await sql.query(
    `insert into documents (sha256, byte_count, media_type) values ($1, $2, $3) on conflict (sha256) do nothing`,
    [kept.sha256, kept.byteCount, kept.mediaType],
  );
  const entered = await enter(sql, filed, kept.sha256);
  await recordAudit(sql, {
    actor: filed.filedBy,
    role: filed.role,
    action: 'file document',
    outcome: 'done',
    objectType: 'archive',
    objectId: filed.clientNo,
    after: { entryNo: entered.entryNo, kind: filed.kind, sha256: kept.sha256, workflowId: filed.workflowId },
    requestId: filed.requestId,
    ...(filed.workflowId === undefined ? {} : { workflowId: filed.workflowId }),
  });
  return entered;
}

/** Two that file for one client at once come one after the other, so that numbers have no holes. */
async function lockArchive(sql: PoolClient, clientNo: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`archive:${clientNo}`]);
  const { rowCount } = await sql.query('select from archives where client_no = $1', [clientNo]);
  if (rowCount === 0) throw new BusinessError('NOT_FOUND', { what: '客户档案 client file', key: clientNo });
}

async function filedBefore(
  sql: PoolClient,
  filed: Pick<DocumentToFile, 'key' | 'clientNo'>,
  sha256: string,
): Promise<FiledDocument | undefined> {
  const { rows } = await sql.query<{ entry_id: string; entry_no: number; sha256: string; client_no: string }>(
    'select entry_id::text, entry_no, sha256, client_no from archive_entries where entry_key = $1',
    [filed.key],
  );
  const [before] = rows;
  if (before === undefined) return undefined;
  if (before.sha256 !== sha256 || before.client_no !== filed.clientNo) {
    throw new BusinessError('DOCUMENT_KEY_TAKEN', { key: filed.key });
  }
  return { entryId: before.entry_id, entryNo: before.entry_no, sha256 };
}

async function enter(
  sql: PoolClient,
  filed: Omit<DocumentToFile, 'mediaTypes' | 'mostBytes'>,
  sha256: string,
): Promise<FiledDocument> {
  const { rows } = await sql.query<{ entry_id: string; entry_no: number }>(
    `insert into archive_entries (entry_key, client_no, entry_no, kind, sha256, business_date, workflow_id, paper_no, filed_by)
     select $1, $2, coalesce(max(entry_no), 0) + 1, $3, $4, $5, $6, $7, $8 from archive_entries where client_no = $2
     returning entry_id::text, entry_no`,
    [
      filed.key,
      filed.clientNo,
      filed.kind,
      sha256,
      filed.businessDate,
      filed.workflowId ?? null,
      filed.paperNo ?? null,
      filed.filedBy,
    ],
  );
  const [entered] = rows;
  if (entered === undefined) throw new RangeError('an entry that was written has no number');
  return { entryId: entered.entry_id, entryNo: entered.entry_no, sha256 };
}
