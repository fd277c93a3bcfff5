/** What the process of a complaint begins with, read in the transaction that registers its run: one call instead of three. */
import { beginRun, type OpenedClock, type ProcessRun } from '../clock/open-process';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { StageClock } from '../../domain/complaints/stage-promises';
import type { OpenedWork } from '../tasks/open-work';
import { openFirstWork } from './first-work';
import type { FollowedComplaint, OfComplaint } from './follow-complaint';

export interface OpenedComplaint extends OpenedClock {
  readonly complaint: FollowedComplaint;
  readonly clocks: readonly StageClock[];
  /** Not in what an earlier version read: its processes opened it themselves. */
  readonly opened?: OpenedWork;
}

/**
 * Safe to repeat. What was opened with the receipt stands; what no calendar could date then, or what changed since, is opened as it is now.
 * A rule that is missing is waited for, and told as any verb that goes on failing: a complaint that was acknowledged has a process.
 */
export const openComplaint =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ complaintNo, ...run }: ProcessRun & OfComplaint): Promise<OpenedComplaint> =>
    inTransaction(pool, async (sql) => ({
      ...(await beginRun(sql, run)),
      ...(await openFirstWork(sql, complaintNo).catch(triedAgain)),
    }));

/** A refusal by the rules ends a process; here it is a fault of our reference data, which somebody mends. */
function triedAgain(error: unknown): never {
  if (error instanceof BusinessError && error.code !== 'NOT_FOUND')
    throw new Error(`${error.code} ${error.text.zh} ${error.text.en}`, { cause: error });
  throw error;
}
