/** Records rungs of a ladder: when due, when done, by whom; a missed one tells its audience in the same transaction. */
import type { PoolClient } from 'pg';
import { isInTime } from '../../domain/deadlines/deadline';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import { lockDeadline, type DeadlineRow, type DeadlineState } from '../deadlines/deadline-row';
import { endAsMet } from '../deadlines/end-deadline';
import type { Dependencies } from '../dependencies';
import { writeRungs, type RungDone } from './write-rungs';

export interface RecordRungs {
  readonly workflowId: string;
  readonly ladder: string;
  readonly subject: string;
  readonly rungs: readonly RungDone[];
  /** The promise whose ladder this is, and the computation that was climbed: another one means that nothing rings. */
  readonly promise?: { readonly businessKey: string; readonly revision?: number };
}

export interface RecordedRungs {
  readonly recorded: number;
  /** The promise has moved or ended meanwhile: nothing was recorded, the ladder is to be read again. */
  readonly moved?: true;
  /** How the promise ended by this. */
  readonly ended?: DeadlineState;
}

/**
 * Safe to repeat: a rung that stands is left as it is. The last rung ends a promise as met, or breaches it; what was reached
 * only after its time is no rung met.
 */
export const recordRungs =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ rungs, promise, ...of }: RecordRungs): Promise<RecordedRungs> =>
    inTransaction(pool, async (sql) => {
      const owed = promise === undefined ? undefined : await lockDeadline(sql, promise.businessKey);
      if (owed === undefined) {
        return {
          recorded: await writeRungs(
            sql,
            rungs.map((rung) => ({ ...rung, ...of })),
          ),
        };
      }
      if (hasMoved(owed, promise?.revision)) return { recorded: 0, moved: true };
      const recorded = await writeRungs(
        sql,
        rungs.map((rung) => ({ ...inTimeOrMissed(rung, owed), ...of, owed })),
      );
      const last = rungs.find(({ state, dueAt }) => state === 'met' && dueAt === owed.dueAt);
      if (last === undefined) return { recorded };
      return { recorded, ended: await endAsMet(sql, owed, last.doneBy, await reachedAt(sql, owed, last)) };
    });

const hasMoved = (owed: DeadlineRow, revision: number | undefined): boolean =>
  owed.endedAt !== null || (revision !== undefined && revision !== owed.revision);

/** What was reached after the time of its rung has missed it. */
function inTimeOrMissed(rung: RungDone, owed: DeadlineRow): RungDone {
  if (rung.state !== 'met' || rung.doneAt === undefined || isInTime(rung.doneAt, rung.dueAt)) return rung;
  return { ...rung, state: rung.dueAt === owed.dueAt ? 'escalated' : 'acted' };
}

/** When it was reached; what nobody's act dates was reached in time and recorded a moment later. */
async function reachedAt(sql: PoolClient, { dueAt }: DeadlineRow, { doneAt }: RungDone): Promise<string> {
  if (doneAt !== undefined) return doneAt;
  const now = await businessNow(sql);
  return now < dueAt ? now : dueAt;
}
