/**
 * Notes what lies in the inbox: one row for each content of each file, and in the same transaction a message to the
 * day's process. The same file again changes nothing. What a name means is recognised here, what is in the file is
 * checked by the day.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { recogniseFile } from '../../adapters/clearing-files/file-name';
import { shanghaiLayouts } from '../../adapters/clearing-files/layouts/shanghai';
import { listArrived, type ArrivedFile } from '../../adapters/inbox/inbox-folder';
import { inTransaction } from '../database/transaction';
import { queueSignal } from '../outbox/queue-message';
import { queueNotice } from '../outbox/queue-notice';
import type { IntakeDependencies } from './dependencies';

const CHANNEL = shanghaiLayouts.channel;
/** Kind of a file whose name no layout knows. */
const UNKNOWN = 'UNKNOWN';

/** Files that this process has read already, by path, size and time: they are not read again every two seconds. */
type Seen = Map<string, string>;
const seenByPool = new WeakMap<object, Seen>();

/** @returns how many files were new */
export async function noteArrivals({ pool, inbox }: Pick<IntakeDependencies, 'pool' | 'inbox'>): Promise<number> {
  if (inbox === undefined) return 0;
  const seen = seenByPool.get(pool) ?? new Map<string, string>();
  seenByPool.set(pool, seen);
  const unread = (await listArrived(inbox)).filter((file) => seen.get(file.path) !== versionOf(file));
  if (unread.length === 0) return 0;

  const files: HashedFile[] = [];
  for (const file of unread) files.push({ ...file, sha256: await sha256Of(file.path) });
  const noted = await inTransaction(pool, (sql) => note(sql, files));
  for (const file of unread) seen.set(file.path, versionOf(file));
  return noted;
}

type HashedFile = ArrivedFile & { readonly sha256: string };

const versionOf = ({ bytes, modifiedAt }: ArrivedFile): string => `${bytes} ${modifiedAt}`;

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function note(sql: PoolClient, files: readonly HashedFile[]): Promise<number> {
  const newestOfDate = new Map<string, string>();
  let noted = 0;
  for (const file of files) {
    const recognised = recogniseFile(file.name, shanghaiLayouts.layouts);
    const { rows } = await sql.query<{ file_id: string }>(
      `insert into files (channel, business_date, kind, part, version, name, path, sha256, byte_count, arrived_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, business_now())
       on conflict (channel, business_date, name, sha256) do nothing returning file_id::text`,
      [
        CHANNEL,
        file.businessDate,
        recognised?.kind ?? UNKNOWN,
        recognised?.part ?? null,
        recognised?.version ?? 1,
        file.name,
        file.path,
        file.sha256,
        file.bytes,
      ],
    );
    const fileId = rows[0]?.file_id;
    if (fileId === undefined) continue;
    noted += 1;
    newestOfDate.set(file.businessDate, fileId);
  }
  for (const [businessDate, fileId] of newestOfDate) await tellDay(sql, businessDate, fileId);
  return noted;
}

/** A day that has not started yet looks by itself when it does. */
async function tellDay(sql: PoolClient, businessDate: string, newestFile: string): Promise<void> {
  const { rows } = await sql.query<{ workflow_id: string }>(
    'select workflow_id from settlement_days where channel = $1 and business_date = $2 and closed_at is null',
    [CHANNEL, businessDate],
  );
  const workflowId = rows[0]?.workflow_id;
  if (workflowId === undefined) {
    await tellAfterClose(sql, businessDate, newestFile);
    return;
  }
  await queueSignal(sql, {
    key: `arrived:${CHANNEL}:${businessDate}:${newestFile}`,
    workflowId,
    signal: 'filesArrived',
  });
}

/** A file for a day that is closed changes nothing by itself; operations and compliance decide what is corrected. */
async function tellAfterClose(sql: PoolClient, businessDate: string, fileId: string): Promise<void> {
  const { rowCount } = await sql.query(
    'select 1 from settlement_days where channel = $1 and business_date = $2 and closed_at is not null',
    [CHANNEL, businessDate],
  );
  if (rowCount === 0) return;
  for (const role of ['operations', 'compliance']) {
    await queueNotice(sql, {
      key: `file-after-close:${fileId}:${role}`,
      severity: 'critical',
      recipientRole: role,
      subject: { zh: `${businessDate} 关闭后收到文件`, en: `A file came after ${businessDate} was closed` },
      text: {
        zh: `${businessDate} 已关闭，新到文件未入账，请核对是否需要更正。`,
        en: `${businessDate} is closed; the new file was kept and not posted. Decide whether the books need a correction.`,
      },
    });
  }
}
