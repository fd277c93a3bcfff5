/** Breaks that a supervisor signs an exception for, so that the day may close over them (A4 §11). */
import { setHandler } from '@temporalio/workflow';
import { database } from '../activity-groups';
import { refuseTyped } from '../building-blocks/typed-by-reference';
import { businessFailure, refusalWithin } from '../failures';
import { signException, type SettlementDayInput } from '../messages/settlement-day';

export interface Breaks {
  /** Exceptions signed in this run: who waits for breaks looks again when it grows. */
  signed: number;
  /** The day is closed: nothing is signed any more. */
  dayClosed: boolean;
}

/** Before the first await of a run. */
export function openExceptions(key: SettlementDayInput): Breaks {
  const breaks: Breaks = { signed: 0, dayClosed: false };
  setHandler(
    signException,
    async (given) => {
      try {
        const signed = await database('签署例外 sign an exception').recordException({ ...key, ...given });
        breaks.signed += 1;
        return signed;
      } catch (error) {
        throw refusalWithin(error);
      }
    },
    {
      validator: ({ role, reason }) => {
        if (breaks.dayClosed) throw businessFailure('DAY_CLOSED', { date: key.businessDate });
        if (role !== 'supervisor') throw businessFailure('EXCEPTION_NEEDS_SUPERVISOR', {});
        refuseTyped({ reason });
      },
      description: '签署例外 sign an exception',
    },
  );
  return breaks;
}
