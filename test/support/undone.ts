/** Verbs of which nothing stays: many tests on one book, each of which finds it as it was. A book for each of them takes longer than the tests. */
import type { Pool, PoolClient } from 'pg';
import { triedOut } from '../../activities/database/tried-out';

/** Gives `work` a pool of one connection, for one verb after the other, and undoes what was done with it. */
export const undone = <Result>(pool: Pool, work: (within: Pool) => Promise<Result>): Promise<Result> =>
  triedOut(pool, (within) => work(checkedAtEachEnd(within)));

/** What the database checks when a transaction is committed is checked at the end of each verb. */
function checkedAtEachEnd(within: Pool): Pool {
  const connect = async () => {
    const sql = await within.connect();
    const asked = sql.query as (...all: unknown[]) => unknown;
    const commit = async () => {
      await sql.query('set constraints all immediate');
      await sql.query('set constraints all deferred');
      return asked('commit');
    };
    // What is copied is a stream, and no promise.
    const query = (...all: unknown[]) => (all[0] === 'commit' ? commit() : asked(...all));
    return new Proxy(sql, {
      get: (of, name) => (name === 'query' ? query : (Reflect.get(of, name) as unknown)),
    }) as PoolClient;
  };
  return { connect, query: within.query } as unknown as Pool;
}
