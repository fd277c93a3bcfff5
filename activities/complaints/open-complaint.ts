/** What the process of a complaint begins with, read in the transaction that registers its run: one call instead of three. */
import { beginRun, type OpenedClock, type ProcessRun } from '../clock/open-process';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { clocksOf, type StageClock } from './complaint-clocks';
import { followComplaint, type FollowedComplaint, type OfComplaint } from './follow-complaint';

export interface OpenedComplaint extends OpenedClock {
  readonly complaint: FollowedComplaint;
  readonly clocks: readonly StageClock[];
}

/** Safe to repeat. */
export const openComplaint =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ complaintNo, ...run }: ProcessRun & OfComplaint): Promise<OpenedComplaint> =>
    inTransaction(pool, async (sql) => ({
      ...(await beginRun(sql, run)),
      complaint: await followComplaint(sql, complaintNo),
      clocks: await clocksOf(sql, complaintNo),
    }));
