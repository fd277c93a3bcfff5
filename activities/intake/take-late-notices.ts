/**
 * Notices of corporate actions that come for a day that is closed. They post nothing, so they are taken all the same, whenever they come: the newest
 * wins (corporate-actions page, step 1). The file itself stays as it arrived, beside the closed day: it is read in a transaction that is rolled
 * back, and only what it tells of events is kept, for their processes and for the days after its own (docs/decisions/0067-notices-of-closed-days-are-taken.md).
 */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { noticeRows } from '../corporate-actions/read-notices';
import { recordEvents } from '../corporate-actions/record-events';
import { inTransaction } from '../database/transaction';
import { ofKey } from '../outbox/of-key';
import { triedOut } from '../database/tried-out';
import { receiveFile } from '../files/receive-file';
import { queueNotice } from '../outbox/queue-notice';

interface LateFile {
  readonly fileId: string;
  readonly channel: string;
  readonly businessDate: BusinessDate;
  readonly workflowId: string;
  /** Another file of the day is in force, whose place it would take. */
  readonly isResend: boolean;
}

type ReadFile = Pick<LateFile, 'channel' | 'businessDate'> & { readonly fileId: bigint };

/** Safe to repeat: each file is read once. Answers how many were. */
export async function takeLateNotices(pool: Pool): Promise<number> {
  const { rows } = await pool.query<LateFile>(
    `select v.file_id::text as "fileId", v.channel, v.business_date::text as "businessDate", d.workflow_id as "workflowId",
            exists (select from files_in_force f where f.channel = v.channel and f.business_date = v.business_date and f.kind = v.kind) as "isResend"
       from file_verdicts v join settlement_days d on d.channel = v.channel and d.business_date = v.business_date and d.closed_at is not null
      where v.kind = 'hk_tzxx' and v.state = 'arrived' and not exists (select from outbox m where ${ofKey('m', '($1 || v.file_id)')}) order by v.file_id`,
    [READ],
  );
  for (const file of rows) await take(pool, file);
  return rows.length;
}

const READ = 'notices-after-close:';

async function take(pool: Pool, { workflowId, ...file }: LateFile): Promise<void> {
  const read = { ...file, fileId: BigInt(file.fileId) };
  const told = await triedOut(pool, async (within, sql) => {
    const { state } = await receiveFile({ pool: within })({ fileId: file.fileId, workflowId });
    return state === 'accepted' ? { rows: await noticeRows(sql, read), lines: await linesOf(sql, read) } : undefined;
  });
  await inTransaction(pool, async (sql) => {
    if (told !== undefined) await keepForDaysAfter(sql, read, told.lines);
    const { versions } = told === undefined ? { versions: 0 } : await recordEvents(sql, read, told.rows);
    await queueNotice(sql, {
      key: `${READ}${file.fileId}`,
      day: file,
      severity: 'warning',
      recipientRole: 'operations',
      template: 'NOTICES_AFTER_CLOSE',
      facts: { date: file.businessDate, versions: `${versions}` },
    });
  });
}

/** As text, because a number of JSON would not keep all decimals. The ratio of the day (H05) is one of the closed day. */
async function linesOf(sql: PoolClient, { businessDate, fileId }: ReadFile): Promise<string> {
  const { rows } = await sql.query<{ lines: string }>(
    `select coalesce(jsonb_agg(to_jsonb(n)), '[]')::text as lines from notices n where business_date = $1 and file_id = $2 and kind <> 'H05'`,
    [businessDate, fileId],
  );
  return rows[0]?.lines ?? '[]';
}

/** What it tells is known to the days after its own, in place of the file of the day before it. Safe to repeat. */
async function keepForDaysAfter(
  sql: PoolClient,
  { channel, businessDate, fileId }: ReadFile,
  lines: string,
): Promise<void> {
  const { rowCount } = await sql.query(
    'insert into late_notice_files (file_id, channel, business_date) values ($1, $2, $3) on conflict do nothing',
    [fileId, channel, businessDate],
  );
  if (rowCount === 0) return;
  await sql.query('insert into notices select * from jsonb_populate_recordset(null::notices, $1::jsonb)', [lines]);
}
