/**
 * Notices of corporate actions that come for a day that is closed. They post nothing, so they are taken all the same, whenever they come: the newest
 * wins (corporate-actions page, step 1). The file itself stays as it arrived, beside the closed day: it is read in a transaction that is rolled
 * back, and only what it tells of events is kept (docs/decisions/0067-notices-of-closed-days-are-taken.md).
 */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { NoticeRow } from '../../domain/corporate-actions/event-notice';
import { noticeRows } from '../corporate-actions/read-notices';
import { recordEvents } from '../corporate-actions/record-events';
import { inTransaction } from '../database/transaction';
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

/** Safe to repeat: each file is read once. Answers how many were. */
export async function takeLateNotices(pool: Pool): Promise<number> {
  const { rows } = await pool.query<LateFile>(
    `select v.file_id::text as "fileId", v.channel, v.business_date::text as "businessDate", d.workflow_id as "workflowId",
            exists (select from files_in_force f where f.channel = v.channel and f.business_date = v.business_date and f.kind = v.kind) as "isResend"
       from file_verdicts v join settlement_days d on d.channel = v.channel and d.business_date = v.business_date and d.closed_at is not null
      where v.kind = 'hk_tzxx' and v.state = 'arrived' and not exists (select from outbox where message_key = $1 || v.file_id) order by v.file_id`,
    [READ],
  );
  for (const file of rows) await take(pool, file);
  return rows.length;
}

const READ = 'notices-after-close:';

async function take(pool: Pool, { workflowId, ...file }: LateFile): Promise<void> {
  const read = { ...file, fileId: BigInt(file.fileId) };
  const rows = await triedOut(pool, async (within, sql): Promise<readonly NoticeRow[]> => {
    const { state } = await receiveFile({ pool: within })({ fileId: file.fileId, workflowId });
    return state === 'accepted' ? noticeRows(sql, read) : [];
  });
  await inTransaction(pool, async (sql) => {
    const { versions } = rows.length === 0 ? { versions: 0 } : await recordEvents(sql, read, rows);
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
