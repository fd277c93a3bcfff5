/** Arms one wait of a process in a manual book, under the shared lock of the clock. */
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { shareClock } from './clock-lock';

export interface ArmWait {
  readonly workflowId: string;
  /** Number of the wait within the run. */
  readonly wait: number;
  /** UTC text with milliseconds. */
  readonly at: string;
  readonly summary: string;
  /** Waits of the run that ended by their condition and are waited for no more. */
  readonly over: readonly number[];
}

/** Answers business time: at or after `at` the wait is due already and nothing was armed. */
export const armWait =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ workflowId, wait, at, summary, over }: ArmWait): Promise<{ readonly now: string }> =>
    inTransaction(pool, async (sql) => {
      await shareClock(sql);
      const { rows } = await sql.query<{ now: string }>('select now from business_clock');
      const now = rows[0]?.now;
      if (now === undefined) throw new Error('this book has no business clock: it was not made by the migrations');
      if (over.length > 0) {
        await sql.query('delete from clock_waits where workflow_id = $1 and wait = any($2)', [workflowId, over]);
      }
      if (now < at) {
        await sql.query(
          `insert into clock_waits (workflow_id, wait, at, summary) values ($1, $2, $3, $4)
           on conflict (workflow_id, wait) do update set at = excluded.at, summary = excluded.summary`,
          [workflowId, wait, at, summary],
        );
      }
      return { now };
    });
