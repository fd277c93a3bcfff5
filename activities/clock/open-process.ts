/** Registers a process with its book and tells it by which clock it waits. Safe to repeat. */
import type { PoolClient } from 'pg';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { registerProcess } from './register-process';

export interface OpenedClock {
  readonly mode: 'real' | 'manual';
  /** Business time, UTC text with milliseconds. */
  readonly now: string;
}

export interface ProcessRun {
  readonly workflowId: string;
  readonly type: string;
}

export const openProcess =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (run: ProcessRun): Promise<OpenedClock> =>
    inTransaction(pool, (sql) => beginRun(sql, run));

/** The same within the transaction of what else the run begins with. */
export async function beginRun(sql: PoolClient, run: ProcessRun): Promise<OpenedClock> {
  await registerProcess(sql, run);
  await sql.query('update processes set runs = runs + 1 where workflow_id = $1', [run.workflowId]);
  // A new run arms afresh; what an earlier run waited for is waited for no more.
  await sql.query('delete from clock_waits where workflow_id = $1', [run.workflowId]);
  const { rows } = await sql.query<{ mode: 'real' | 'manual'; now: string }>(
    'select mode, business_now() as now from business_clock',
  );
  const [clock] = rows;
  if (clock === undefined) throw new Error('this book has no business clock: it was not made by the migrations');
  return { mode: clock.mode, now: clock.now };
}
