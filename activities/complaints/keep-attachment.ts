/** What comes with a complaint is kept by its bytes and entered beside it; what is not taken is entered with the reason. */
import type { PoolClient } from 'pg';
import type { DocumentsPort, KeptDocument } from '../../adapters/documents/documents-port';
import { mediaTypeOf } from '../../adapters/documents/media-type';
import { oneLine, storable } from '../../domain/texts/storable';
import { attachmentFaults, type AttachmentFault } from '../../domain/complaints/attachments';
import { cameBefore } from './said-since';

export interface GivenAttachment {
  readonly fileName: string | undefined;
  readonly saidType: string | undefined;
  readonly bytes: Buffer;
}

export interface JudgedAttachment extends GivenAttachment {
  readonly mediaType: string;
  readonly faults: readonly AttachmentFault[];
}

/** What is needed of the beginning to tell a kind of file. */
const HEAD_BYTES = 4_100;

/** @param most bytes that are taken */
export async function judgedAttachment(given: GivenAttachment, most: number): Promise<JudgedAttachment> {
  const { bytes } = given;
  const mediaType = await mediaTypeOf(bytes.subarray(0, HEAD_BYTES));
  const [fileName, saidType] = [
    (given.fileName && storable(oneLine(given.fileName), 200)) || undefined,
    given.saidType && storable(given.saidType, 100),
  ];
  return {
    fileName,
    saidType,
    bytes,
    mediaType,
    faults: attachmentFaults({ fileName, saidType, mediaType, byteCount: bytes.length }, most),
  };
}

/** The bytes, safe on disk. */
export const keptBytes = (documents: DocumentsPort, bytes: Buffer): Promise<KeptDocument> =>
  documents.keep(only(bytes), bytes.length);

async function* only(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

export async function enterDocument(sql: PoolClient, { sha256, byteCount, mediaType }: KeptDocument): Promise<void> {
  await sql.query(
    'insert into documents (sha256, byte_count, media_type) values ($1, $2, $3) on conflict (sha256) do nothing',
    [sha256, byteCount, mediaType],
  );
}

/** Enters it beside the complaint, with what was kept of it or why nothing was. */
export async function enterAttachment(
  sql: PoolClient,
  of: {
    readonly complaintNo: string;
    readonly mailId?: string;
    readonly by: string;
    /** When it came, UTC, where that was before now. */
    readonly at?: string | undefined;
  },
  attachment: JudgedAttachment,
  kept: KeptDocument | undefined,
): Promise<string> {
  const { fileName, saidType, mediaType, bytes, faults } = attachment;
  if (kept !== undefined) {
    await enterDocument(sql, kept);
    await enterComplaintDocument(sql, { ...of, kind: 'attachment', sha256: kept.sha256 });
  }
  const { rows } = await sql.query<{ id: string }>(
    `insert into complaint_attachments (complaint_no, mail_id, file_name, said_type, media_type, byte_count, sha256, fault, filed_by, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${cameBefore('$10')}) returning attachment_id::text as id`,
    [
      of.complaintNo,
      of.mailId ?? null,
      fileName ?? null,
      saidType ?? null,
      mediaType,
      bytes.length,
      kept?.sha256 ?? null,
      kept === undefined ? faults[0] : null,
      of.by,
      of.at ?? null,
    ],
  );
  return rows[0]?.id ?? '';
}

export async function enterComplaintDocument(
  sql: PoolClient,
  of: {
    readonly complaintNo: string;
    readonly kind: 'attachment' | 'mail' | 'evidence' | 'file' | 'callback record' | 'call recording';
    readonly sha256: string;
    readonly by: string;
  },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into complaint_documents (complaint_no, kind, sha256, filed_by) values ($1, $2, $3, $4) on conflict do nothing`,
    [of.complaintNo, of.kind, of.sha256, of.by],
  );
  return rowCount === 1;
}

/** What is kept goes into the file of the complaint, once: true where it was not there before. */
export async function fileWithComplaint(
  sql: PoolClient,
  kept: KeptDocument,
  of: Omit<Parameters<typeof enterComplaintDocument>[1], 'sha256'>,
): Promise<boolean> {
  await enterDocument(sql, kept);
  return enterComplaintDocument(sql, { ...of, sha256: kept.sha256 });
}
