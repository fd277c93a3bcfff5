/** The process of a complaint is woken: something was done with it past its tasks, or in another complaint that it goes with. */
import { queueSignals } from '../outbox/queue-message';
import type { Sql } from '../people/standing';

export interface ChangedComplaint {
  readonly workflowId: string;
  /** Counts what it must hear of; one revision is told once. */
  readonly revision: number;
  /** What the process does something about at once: freezes a subject, has another account for a compensation approved. */
  readonly named?: 'subject' | 'payee';
}

/** The signals `complaintChanged` and, of its own name so that a worker of an earlier version leaves it alone, `payeeCorrectionAsked` of workflows/messages/complaint.ts, in the transaction of the cause. */
export const signalChanged = (sql: Sql, changed: readonly ChangedComplaint[]): Promise<void> =>
  queueSignals(
    sql,
    changed.map(({ workflowId, revision, named }) => ({
      key: `${workflowId}:${revision}`,
      workflowId,
      ...(named === 'payee'
        ? { signal: 'payeeCorrectionAsked', args: [revision] }
        : { signal: 'complaintChanged', args: named === undefined ? [revision] : [revision, named] }),
    })),
  );
