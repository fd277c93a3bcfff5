/** Waiting until others stand at a lock that a test holds. */
import type { ClientBase, Pool } from 'pg';
import { untilTrue } from './eventually';

/**
 * Resolves when so many connections to this database wait for a lock of any kind. Asks the locks alone: within a transaction the list of
 * connections stays as it was first read.
 */
export const untilWaiting = (holding: Pick<ClientBase, 'query'>, count: number): Promise<void> =>
  untilTrue(async () => {
    const { rows } = await holding.query<{ waiting: number }>(
      `select count(distinct pid)::int as waiting from pg_locks where not granted
         and pid in (select pid from pg_locks where database = (select oid from pg_database where datname = current_database()))`,
    );
    return (rows[0]?.waiting ?? 0) >= count;
  });

/**
 * Does something while the rows of a query are locked. Let go also where it fails, so that nobody waits to the end of time; a promise that waits for
 * the rows is handed out within an object.
 */
export async function whileLocked<Result extends object>(
  pool: Pool,
  rows: string,
  values: readonly unknown[],
  work: (holding: Pick<ClientBase, 'query'>) => Promise<Result>,
): Promise<Result> {
  const holding = await pool.connect();
  try {
    await holding.query('begin');
    await holding.query(`${rows} for update`, [...values]);
    return await work(holding);
  } finally {
    await holding.query('rollback');
    holding.release();
  }
}
