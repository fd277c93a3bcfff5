/** What stands with the receipt of a complaint: its first work, the row of the audit, the acknowledgement, the start of its process. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { recordAudit } from '../../audit/record-audit';
import { trySharingCalendars } from '../../calendar/calendar-lock';
import { openFirstWork } from '../../complaints/first-work';
import { queueNotice } from '../../outbox/queue-notice';
import { queueStartOfCase } from '../../outbox/queue-message';

/** What the register and the audit call it. */
export const RECEIVE = 'receive complaint';

interface Receipt {
  readonly complaintNo: string;
  readonly workflowId: string;
  readonly branch: string | null;
  /** What `openWithReceipt` answered. */
  readonly opened: Readonly<Record<string, string>>;
  readonly channel: string;
  readonly product: string;
  readonly category: string;
  readonly complainant: { readonly clientNo?: string | undefined };
  readonly by: string;
  readonly role: string;
  readonly requestId?: string | undefined;
}

/**
 * What the row of the receipt says of it: until when which step is promised; or why it could not be opened yet, for whatever
 * reason: no rule and no fault of ours keeps a complaint out, nor does a correction of a calendar, which may take long. Its process opens it
 * later, and goes on trying where people see it until it can.
 */
export async function openWithReceipt(sql: PoolClient, complaintNo: string, at: string): Promise<Receipt['opened']> {
  if (!(await trySharingCalendars(sql))) return { notOpened: 'a calendar is being corrected' };
  await sql.query('savepoint first_work');
  try {
    const { opened } = await openFirstWork(sql, complaintNo, { audit: () => Promise.resolve(), at });
    const until = opened.promises.flatMap(({ businessKey, climbed }) =>
      climbed === null
        ? []
        : [[businessKey.replace(/^complaint-/, '').replace(`:${complaintNo}`, ''), climbed.dueAt] as const],
    );
    return Object.fromEntries(until);
  } catch (error) {
    await sql.query('rollback to savepoint first_work');
    // Its code or class: a text may name what is personal.
    return { notOpened: error instanceof BusinessError ? error.code : error instanceof Error ? error.name : 'Error' };
  }
}

/** The row of the receipt, the acknowledgement and the start of the process. */
export async function recordReceipt(sql: PoolClient, receipt: Receipt): Promise<void> {
  const { complaintNo, workflowId, branch, opened, channel, product, category } = receipt;
  await recordAudit(sql, {
    actor: receipt.by,
    role: receipt.role,
    action: RECEIVE,
    outcome: 'done',
    objectType: 'complaint',
    objectId: complaintNo,
    after: { channel, product, category, branch, ...opened },
    requestId: receipt.requestId,
    workflowId,
  });
  await queueNotice(sql, {
    key: `complaint-received:${complaintNo}`,
    workflowId,
    severity: 'info',
    side: 'client',
    ...(branch === null ? {} : { branch }),
    // Who is no client is reached by the contact that stands with the complaint.
    recipientRef: receipt.complainant.clientNo ?? complaintNo,
    template: 'COMPLAINT_RECEIVED',
    facts: { complaint: complaintNo },
  });
  await queueStartOfCase(sql, { workflowId, type: 'complaint' });
}
