/** Verbs of which nothing stays: many tests on one book, each of which finds it as it was. A book for each of them takes longer than the tests. */
import { Writable } from 'node:stream';
import type { Pool, PoolClient } from 'pg';
import { triedOut } from '../../activities/database/tried-out';

/** Gives `work` a pool of one connection, for one verb after the other, and undoes what was done with it. */
export const undone = <Result>(pool: Pool, work: (within: Pool) => Promise<Result>): Promise<Result> =>
  triedOut(pool, (within) => work(onOneConnection(within)));

type Query = (...all: unknown[]) => unknown;

/**
 * What the database checks when a transaction is committed is checked at the end of each verb, and what is copied while another connection
 * reads is copied when all of it has been read.
 */
function onOneConnection(within: Pool): Pool {
  const connect = async () => {
    const sql = await within.connect();
    const commit = async () => {
      await sql.query('set constraints all immediate');
      await sql.query('set constraints all deferred');
      await sql.query('commit');
    };
    const query: Query = (...all) => {
      const [asked] = all;
      if (asked === 'commit') return commit();
      return asked instanceof Writable ? copiedInTheEnd(sql, asked) : (sql.query as Query)(...all);
    };
    return new Proxy(sql, { get: (of, name): unknown => (name === 'query' ? query : Reflect.get(of, name)) });
  };
  const query: Query = (...all) => (within.query as Query)(...all);
  return { connect, query } as unknown as Pool;
}

/** Takes what is written, and begins the COPY with the last of it. */
function copiedInTheEnd(sql: PoolClient, copy: Writable): Writable {
  const kept: Buffer[] = [];
  return new Writable({
    write: (chunk: Buffer, _, taken) => {
      kept.push(chunk);
      taken();
    },
    final: (done) => {
      copy.once('error', done).once('finish', () => done());
      (sql.query as Query)(copy);
      copy.end(Buffer.concat(kept));
    },
  });
}
