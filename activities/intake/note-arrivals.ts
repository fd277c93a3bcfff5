/**
 * Notes what lies in the inbox: one row for each content of each file, and in the same transaction a message to the
 * day's process. The same file again changes nothing. What a name means is recognised here, what is in the file is
 * checked by the day. A file that no day can take - its name unknown, or of another date than its folder - is listed with the
 * reason and told at once; so is what lies in the inbox and is no file of a day.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { recogniseFile, type RecognisedFile } from '../../adapters/clearing-files/file-name';
import { shanghaiLayouts } from '../../adapters/clearing-files/layouts/shanghai';
import { readInbox, type ArrivedFile, type StrayEntry } from '../../adapters/inbox/inbox-folder';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { finding } from '../../domain/clearing-files/finding';
import { inTransaction } from '../database/transaction';
import { recordVerdict } from '../files/file-verdict';
import { listFindings, type ListedFinding } from '../files/list-findings';
import { queueSignal } from '../outbox/queue-message';
import { queueNotice } from '../outbox/queue-notice';
import type { IntakeDependencies } from './dependencies';
import { takeLateNotices } from './take-late-notices';

const CHANNEL = shanghaiLayouts.channel;
/** Kind of a file that is none of its day's, whatever its name. */
const UNKNOWN = 'UNKNOWN';

/** Files that this process has read already, by path, size and time: they are not read again every two seconds. */
type Seen = Map<string, string>;
const seenByPool = new WeakMap<object, Seen>();

/** @returns how many files were new */
export async function noteArrivals({ pool, inbox }: Pick<IntakeDependencies, 'pool' | 'inbox'>): Promise<number> {
  if (inbox === undefined) return 0;
  const seen = seenByPool.get(pool) ?? new Map<string, string>();
  seenByPool.set(pool, seen);
  const lying = await readInbox(inbox);
  const unread = lying.files.filter((file) => seen.get(file.path) !== versionOf(file));
  const hashed = await Promise.all(unread.map(hashedFile));
  const files = hashed.filter((file) => file !== undefined && 'sha256' in file);
  const unreadable = hashed.filter((file) => file !== undefined && 'code' in file);
  const strays = [...lying.strays, ...unreadable].filter((stray) => !seen.has(placeOf(stray)));
  if (files.length === 0 && strays.length === 0) return 0;

  const noted = await inTransaction(pool, async (sql) => {
    for (const stray of strays) await tellStray(sql, stray);
    return note(sql, files);
  });
  for (const file of files) seen.set(file.path, versionOf(file));
  for (const stray of strays) seen.set(placeOf(stray), '');
  if (noted > 0) await takeLateNotices(pool);
  return noted;
}

type HashedFile = ArrivedFile & { readonly sha256: string };
type UnreadableFile = { readonly place: string; readonly code: string };

const versionOf = ({ bytes, modifiedAt }: ArrivedFile): string => `${bytes} ${modifiedAt}`;
const placeOf = ({ place }: StrayEntry | UnreadableFile): string => `stray ${place}`;

/** A file that is taken away or still grows while it is read is looked at again later; one that cannot be read is told. */
async function hashedFile(file: ArrivedFile): Promise<HashedFile | UnreadableFile | undefined> {
  try {
    const sha256 = await sha256Of(file.path);
    const { size, mtime } = await stat(file.path);
    return size === file.bytes && mtime.toISOString() === file.modifiedAt ? { ...file, sha256 } : undefined;
  } catch (failure) {
    const { code = 'unknown' } = failure as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : { place: `${file.businessDate}/${file.name}`, code };
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function note(sql: PoolClient, files: readonly HashedFile[]): Promise<number> {
  const newestOfDate = new Map<string, string>();
  let noted = 0;
  await holdDays(sql, files);
  for (const file of files) {
    const named = recogniseFile(file.name, shanghaiLayouts.layouts);
    const notOfTheDay = whyNotOfTheDay(file, named);
    const recognised = notOfTheDay === undefined ? named : undefined;
    const { rows } = await sql.query<{ file_id: bigint }>(
      `insert into files (channel, business_date, kind, part, version, name, path, sha256, byte_count, arrived_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, business_now())
       on conflict (channel, business_date, name, sha256) do nothing returning file_id`,
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
    if (notOfTheDay === undefined) newestOfDate.set(file.businessDate, fileId.toString());
    else await refuseAtTheDoor(sql, file, fileId, notOfTheDay);
  }
  for (const [businessDate, fileId] of newestOfDate) await tellDay(sql, businessDate, fileId);
  return noted;
}

/** A day that closes at this moment waits for what is noted, or is seen closed: a file is never noted for a day that no longer looks. */
async function holdDays(sql: PoolClient, files: readonly HashedFile[]): Promise<void> {
  await sql.query(
    'select 1 from settlement_days where channel = $1 and business_date = any($2::date[]) order by business_date for share',
    [CHANNEL, [...new Set(files.map(({ businessDate }) => businessDate))]],
  );
}

/** The folder is the day's; a name says its date too, or its month and day, or nothing. */
function whyNotOfTheDay(file: ArrivedFile, named: RecognisedFile | undefined): ListedFinding | undefined {
  if (named === undefined) return finding('UNKNOWN_NAME', { value: file.name });
  const { dateInName = file.businessDate, monthDayInName = file.businessDate.slice(5) } = named;
  if (dateInName === file.businessDate && monthDayInName === file.businessDate.slice(5)) return undefined;
  return finding('DATE_MISMATCH', { field: 'name', fileValue: file.name, computed: file.businessDate }, otherFolder);
}

const otherFolder = {
  zh: '文件名中的日期不是所在目录的交收日。',
  en: 'The date in its name is not the day of its folder.',
};

async function refuseAtTheDoor(
  sql: PoolClient,
  { businessDate, name }: ArrivedFile,
  fileId: bigint,
  why: ListedFinding,
): Promise<void> {
  const day = { channel: CHANNEL, businessDate: businessDate as BusinessDate };
  await recordVerdict(sql, fileId, { state: 'refused', cause: why.reason.en });
  await listFindings(sql, day, { fileId, name }, [why]);
  await queueNotice(sql, {
    key: `file-not-of-the-day:${fileId}`,
    day,
    severity: 'warning',
    recipientRole: 'operations',
    template: 'FILE_NOT_OF_THE_DAY',
    facts: { date: businessDate, file: name, reason: why.reason },
  });
}

async function tellStray(sql: PoolClient, stray: StrayEntry | UnreadableFile): Promise<void> {
  const { place } = stray;
  const why =
    'code' in stray ? { zh: `无法读取（${stray.code}）`, en: `cannot be read (${stray.code})` } : STRAY[stray.reason];
  await queueNotice(sql, {
    key: `inbox-stray:${place}`,
    severity: 'warning',
    recipientRole: 'operations',
    template: 'INBOX_STRAY',
    facts: { place, reason: why },
  });
}

const STRAY: Readonly<Record<StrayEntry['reason'], { readonly zh: string; readonly en: string }>> = {
  'not in the folder of a day': { zh: '不在任何交收日的目录内', en: 'lies in no folder of a day' },
  'not a file': { zh: '不是普通文件', en: 'is not a plain file' },
  'name not readable': { zh: '文件名不是 UTF-8 编码', en: 'has a name that is not UTF-8' },
};

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
      day: { channel: CHANNEL, businessDate },
      severity: 'critical',
      recipientRole: role,
      template: 'FILE_AFTER_CLOSE',
      facts: { date: businessDate },
    });
  }
}
