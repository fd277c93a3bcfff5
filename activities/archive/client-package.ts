/**
 * The whole file of a client as one package for inspection: documents, index, audit trail, and the digest of each (A2 §15). It can
 * be checked by `southbound verify export`, or by hand with `sha256sum -c SHA256SUMS`: neither needs our servers.
 */
import { createHash } from 'node:crypto';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { Pool, PoolClient } from 'pg';
import { isAbout, writtenInAny } from '../database/audit-found';
import { withoutTrace } from '../../prisma/pool';
import { ZipFile } from 'yazl';
import type { DocumentsPort } from '../../adapters/documents/documents-port';
import { BusinessError } from '../../domain/errors';

interface Entry {
  readonly entry_no: number;
  readonly kind: string;
  readonly business_date: string;
  readonly sha256: string;
  readonly byte_count: bigint;
  readonly media_type: string;
  readonly workflow_id: string | null;
  readonly paper_no: string | null;
  readonly filed_by: string;
  readonly filed_at: string;
  readonly reviewed_by: string | null;
  readonly review: string | null;
  readonly custodian: string | null;
  readonly receipt_no: string | null;
}

/** One file of the package with its digest. */
interface PackedFile {
  readonly path: string;
  readonly sha256: string;
}

export interface ClientPackage {
  readonly entries: number;
  readonly auditRows: number;
  /** SHA-256 of the package itself. */
  readonly sha256: string;
}

/**
 * Writes the package and answers its digest. Every document is compared with its digest while it is packed.
 * @throws BusinessError NOT_FOUND, DOCUMENT_DAMAGED
 */
export async function writeClientPackage(
  { pool, documents }: { readonly pool: Pool; readonly documents: DocumentsPort },
  clientNo: string,
  to: Writable,
): Promise<ClientPackage> {
  const { archive, entries, audit, exportedAt } = await readFile(pool, clientNo);
  // Times of the entries, not of the packing: the same file packed again has the same bytes inside.
  const mtime = new Date(exportedAt);
  const zip = new ZipFile();
  const packed: PackedFile[] = [];
  const digest = createHash('sha256');
  const written = pipeline(
    zip.outputStream,
    new Transform({
      transform: (chunk: Buffer, _, done) => {
        digest.update(chunk);
        done(null, chunk);
      },
    }),
    to,
  );
  const add = (path: string, content: string) => {
    const bytes = Buffer.from(content, 'utf8');
    zip.addBuffer(bytes, path, { mtime });
    packed.push({ path, sha256: createHash('sha256').update(bytes).digest('hex') });
  };

  for (const entry of entries) {
    const path = pathOf(entry);
    const stream = await documents.read(entry.sha256);
    stream.on('error', (error) => to.destroy(error));
    zip.addReadStream(stream, path, { mtime });
    packed.push({ path, sha256: entry.sha256 });
  }
  add('index.json', json({ ...archive, exportedAt, entries: entries.map(indexed) }));
  add('index.csv', stringify(entries.map(indexed), { header: true, bom: true, escape_formulas: true }));
  add('audit.jsonl', audit.map((row) => `${JSON.stringify(row)}\n`).join(''));
  add('README.txt', README);
  add('manifest.json', json({ clientNo, exportedAt, files: [...packed] }));
  zip.addBuffer(Buffer.from(packed.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')), 'SHA256SUMS', {
    mtime,
  });
  zip.end();
  await written;
  return { entries: entries.length, auditRows: audit.length, sha256: digest.digest('hex') };
}

/** One snapshot: what is filed while the package is written is in the next one. */
async function readFile(pool: Pool, clientNo: string) {
  return withoutTrace(pool, 'begin isolation level repeatable read, read only', async (sql) => {
    const { rows } = await sql.query<{ now: string; client_no: string; opened_on: string; ended_on: string | null }>(
      `select business_now() as now, a.client_no, a.opened_on, e.ended_on
       from archives a left join archive_ends e using (client_no) where a.client_no = $1`,
      [clientNo],
    );
    const [archive] = rows;
    if (archive === undefined) throw new BusinessError('NOT_FOUND', { what: '客户档案 client file', key: clientNo });
    const { now: exportedAt, client_no, opened_on: openedOn, ended_on: endedOn } = archive;
    const entries = await readEntries(sql, clientNo);
    return {
      archive: { clientNo: client_no, openedOn, endedOn },
      exportedAt,
      entries,
      audit: await readAudit(sql, clientNo),
    };
  });
}

async function readEntries(sql: PoolClient, clientNo: string): Promise<readonly Entry[]> {
  const { rows } = await sql.query<Entry>(
    `select e.entry_no, e.kind, e.business_date, e.sha256, d.byte_count, d.media_type, e.workflow_id, e.paper_no, e.filed_by,
            e.filed_at, r.reviewed_by, r.outcome as review, h.custodian, h.receipt_no
     from archive_entries e join documents d using (sha256)
     left join archive_reviews r using (entry_id) left join paper_handovers h using (entry_id)
     where e.client_no = $1 order by e.entry_no`,
    [clientNo],
  );
  return rows;
}

/** Of client $1. */
const PROCESSES_OF_CLIENT = `array(
  select workflow_id from permission_requests where client_no = $1
  union select workflow_id from callbacks where client_no = $1
  union select c.workflow_id from complaints c join complainants using (complaint_no) where client_no = $1
  union select workflow_id from archive_entries where client_no = $1 and workflow_id is not null)`;

/**
 * What was done to the client and the file, in every process of the client, and by the client: acts name the process they belong to,
 * also where nothing of it was filed. What staff did for many clients in one process (elections) stands in the file by its documents.
 */
async function readAudit(sql: PoolClient, clientNo: string): Promise<readonly object[]> {
  const { rows } = await sql.query<{ row: object }>(
    `select to_jsonb(a) - '{xact,other_workflow,is_of_its_object,told,after_kept}'::text[] as row from audit a
     where ${writtenInAny(PROCESSES_OF_CLIENT)}
        or (${isAbout('$1')} and a.object_type in ('archive', 'client'))
        or a.actor = any (array(select person from client_logins where client_no = $1))
     order by a.seq`,
    [clientNo],
  );
  return rows.map(({ row }) => row);
}

/** Extensions of what is filed most; everything else keeps the bytes and says its type in the index. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/json': 'json',
  'text/plain': 'txt',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/tiff': 'tif',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'video/mp4': 'mp4',
};

const pathOf = ({ entry_no, kind, media_type }: Entry): string =>
  `documents/${String(entry_no).padStart(4, '0')}-${kind.replaceAll(/[^a-z0-9]+/gi, '-')}.${EXTENSIONS[media_type] ?? 'bin'}`;

const indexed = (entry: Entry) => ({
  entryNo: entry.entry_no,
  kind: entry.kind,
  businessDate: entry.business_date,
  path: pathOf(entry),
  sha256: entry.sha256,
  byteCount: entry.byte_count.toString(),
  mediaType: entry.media_type,
  process: entry.workflow_id ?? '',
  paperNo: entry.paper_no ?? '',
  filedBy: entry.filed_by,
  filedAt: entry.filed_at,
  reviewedBy: entry.reviewed_by ?? '',
  review: entry.review ?? '',
  custodian: entry.custodian ?? '',
  receiptNo: entry.receipt_no ?? '',
});

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

const README = `客户档案导出包 The file of one client, packed for inspection

index.csv, index.json  目录 what is in the file, in the order of filing
documents/             文件原件 the documents as they were filed
audit.jsonl            审计记录，每行一条 the audit trail, a row a line
manifest.json          清单与摘要 every file with its SHA-256
SHA256SUMS             供核对 for checking

核对 To check, without any of our systems: unpack, then
  sha256sum -c SHA256SUMS
`;
