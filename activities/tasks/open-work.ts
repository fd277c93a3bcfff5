/** What a process owes and asks first, written in one transaction: promises, and the task that is due by one of them. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit, recordAudits, type AuditEntry, type AuditSink } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Climbed } from '../deadlines/deadline-row';
import { givePromise, type PromiseGiven } from '../deadlines/open-deadline';
import type { Dependencies } from '../dependencies';
import { askTask, type OpenedTask, type OpenTask } from './open-task';
import { holdCase } from './role-asked';

export interface OpenedWork {
  /** In the order given, named so that the history says which they are; null where no calendar says yet until when. */
  readonly promises: readonly { readonly businessKey: string; readonly climbed: Climbed | null }[];
  readonly task: OpenedTask;
}

interface Work {
  readonly promises: readonly PromiseGiven[];
  readonly task: OpenTask;
  /** Key of the promise by which the task is due. */
  readonly dueBy?: string;
}

/** Safe to repeat, as `openDeadline` and `openTask` are. */
export const openWork =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (work: Work): Promise<OpenedWork> =>
    inTransaction(pool, (sql) => openWorkIn(sql, work));

/** The same within the transaction of its reason. @param audit takes the row that tells of it */
export async function openWorkIn(
  sql: PoolClient,
  { promises, task, dueBy }: Work,
  audit: AuditSink = recordAudit,
): Promise<OpenedWork> {
  await holdCase(sql, task);
  const promised: AuditEntry[] = [];
  const given: OpenedWork['promises'][number][] = [];
  for (const promise of promises) {
    const climbed = await givenOrUndated(sql, promise, (_, entry) => Promise.resolve(void promised.push(entry)));
    given.push({ businessKey: promise.businessKey, climbed });
  }
  let isTold = false;
  const dueAt = given.find(({ businessKey }) => businessKey === dueBy)?.climbed?.dueAt;
  const asked = await askTask(sql, dueAt === undefined ? task : { ...task, dueAt }, (of, entry) => {
    isTold = true;
    return audit(of, withPromises(entry, promised));
  });
  // The task stood before, from the receipt or an earlier run, and its row with it.
  if (!isTold) await recordAudits(sql, promised);
  return { promises: given, task: asked };
}

/**
 * What was opened in one act has one row of the audit, that of the task: it says of each promise until when it was given. All else of them
 * stands in their rows (docs/decisions/0051-one-row-for-one-act.md). Whoever looks for one of them finds it (`api/routes/work/audit.ts`).
 */
function withPromises(entry: AuditEntry, promised: readonly AuditEntry[]): AuditEntry {
  if (promised.length === 0) return entry;
  const until = ({ objectId, after }: AuditEntry) => [objectId, (after as { readonly dueAt: string }).dueAt];
  return {
    ...entry,
    after: { ...(entry.after as object), promises: Object.fromEntries(promised.map(until)) as unknown },
  };
}

/** Nothing was written yet where the calendars end: the instants are computed first. */
async function givenOrUndated(sql: PoolClient, promise: PromiseGiven, audit: AuditSink): Promise<Climbed | null> {
  try {
    return await givePromise(sql, promise, audit);
  } catch (error) {
    if (error instanceof BusinessError && error.code === 'CALENDAR_OUT_OF_RANGE') return null;
    throw error;
  }
}
