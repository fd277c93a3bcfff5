/** What a process owes and asks first, written in one transaction: promises, and the task that is due by one of them. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Climbed } from '../deadlines/deadline-row';
import { givePromise, type PromiseGiven } from '../deadlines/open-deadline';
import type { Dependencies } from '../dependencies';
import { askTask, type OpenedTask, type OpenTask } from './open-task';

export interface OpenedWork {
  /** In the order given, named so that the history says which they are; null where no calendar says yet until when. */
  readonly promises: readonly { readonly businessKey: string; readonly climbed: Climbed | null }[];
  readonly task: OpenedTask;
}

/** Safe to repeat, as `openDeadline` and `openTask` are. */
export const openWork =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ promises, task }: { readonly promises: readonly PromiseGiven[]; readonly task: OpenTask }): Promise<OpenedWork> =>
    inTransaction(pool, async (sql) => {
      const given: OpenedWork['promises'][number][] = [];
      for (const promise of promises)
        given.push({ businessKey: promise.businessKey, climbed: await givenOrUndated(sql, promise) });
      return { promises: given, task: await askTask(sql, task) };
    });

/** Nothing was written yet where the calendars end: the instants are computed first. */
async function givenOrUndated(sql: PoolClient, promise: PromiseGiven): Promise<Climbed | null> {
  try {
    return await givePromise(sql, promise);
  } catch (error) {
    if (error instanceof BusinessError && error.code === 'CALENDAR_OUT_OF_RANGE') return null;
    throw error;
  }
}
