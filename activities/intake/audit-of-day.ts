/** What a person had computed about a day without anything of it being booked, kept in the audit trail of the day. */
import type { Pool } from 'pg';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { DayKey } from '../settlement/day-key';

export interface AskedOfDay extends DayKey {
  readonly by: string;
  readonly role: string;
  readonly requestId: string;
}

export const auditOfDay = (
  pool: Pool,
  { channel, businessDate, by, role, requestId }: AskedOfDay,
  told: { readonly action: string; readonly after: Readonly<Record<string, unknown>>; readonly workflowId: string },
): Promise<void> =>
  inTransaction(pool, (sql) =>
    recordAudit(sql, {
      ...told,
      actor: by,
      role,
      outcome: 'done',
      objectType: 'settlement day',
      objectId: `${channel}:${businessDate}`,
      requestId,
    }),
  );
