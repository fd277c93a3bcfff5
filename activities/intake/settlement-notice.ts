/** A notice that changes what settles: once entered it stands in the audit with its words, and its process begins, which has it approved. */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { recordAudit, type AuditEntry } from '../audit/record-audit';
import { queueStart } from '../outbox/queue-message';

/** Who entered it, and by which request. */
export interface ByPerson {
  /** Unique for ever: the same key is the same act. */
  readonly key: string;
  readonly by: string;
  readonly role: string;
  readonly requestId: string;
}

export interface SettlementNotice {
  readonly workflowId: string;
  /** Type of its process. */
  readonly type: string;
  readonly args: readonly object[];
  readonly summary: string;
  readonly channel: string;
  /** The day that it is about. */
  readonly date: BusinessDate;
  /** Number and words of the notice. */
  readonly notice: string;
}

/** `settlement-postponement:SH:2025-06-26:…`, kind, channel, day and the request. */
export const noticeProcess = (kind: string, channel: string, date: BusinessDate, { key }: ByPerson): string =>
  `${kind}:${channel}:${date}:${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;

export async function followNotice(
  sql: PoolClient,
  { workflowId, type, args, summary, channel, date, notice }: SettlementNotice,
  { by, role, requestId }: ByPerson,
  told: Required<Pick<AuditEntry, 'action' | 'objectType' | 'objectId' | 'after'>>,
): Promise<void> {
  await recordAudit(sql, {
    ...told,
    ...{ actor: by, role, requestId, workflowId },
    outcome: 'done',
    reason: notice,
  });
  await queueStart(sql, {
    ...{ key: `start:${workflowId}`, workflowId, type, args, summary },
    attributes: { ProcessType: type, BusinessKey: `${channel}:${date}`, BusinessDate: date },
  });
}
