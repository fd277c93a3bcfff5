/** Work that one process of a book does at a time, as long as it takes: held by a lock of a session, not of a transaction. */
import type { Pool, PoolClient } from 'pg';

/**
 * Does `work` while nobody else does it.
 * @param what name of the work, the same for all who do it
 * @param otherwise answers instead where somebody is at it; it may refuse
 */
export async function whileAlone<Result>(
  pool: Pool,
  what: string,
  work: (session: PoolClient) => Promise<Result>,
  otherwise: () => Result,
): Promise<Result> {
  const session = await pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await session.query<{ locked: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
      [what],
    );
    if (rows[0]?.locked !== true) return otherwise();
    try {
      return await work(session);
    } finally {
      // A connection that cannot give the lock back would keep it for as long as it lives: it is thrown away.
      await session.query('select pg_advisory_unlock(hashtextextended($1, 0))', [what]).catch((failure: Error) => {
        broken = failure;
      });
    }
  } finally {
    session.release(broken);
  }
}
