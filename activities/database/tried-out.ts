/** Verbs that are tried out: everything they write is seen by them and by whoever looks in between, and nothing of it stays. */
import type { Pool, PoolClient } from 'pg';

const WITHIN: Readonly<Record<string, string>> = {
  begin: 'savepoint verb',
  commit: 'release savepoint verb',
  rollback: 'rollback to savepoint verb',
};

/**
 * Gives `work` a pool whose every transaction is a part of one that is rolled back. One verb after the other: there is one connection.
 */
export async function triedOut<Result>(
  pool: Pool,
  work: (within: Pool, sql: PoolClient) => Promise<Result>,
): Promise<Result> {
  const sql = await pool.connect();
  let broken: Error | undefined;
  try {
    await sql.query('begin');
    return await work(poolWithin(sql), sql);
  } finally {
    await sql.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    sql.release(broken);
  }
}

function poolWithin(sql: PoolClient): Pool {
  const query = (asked: unknown, ...more: unknown[]): unknown =>
    (sql.query as (...all: unknown[]) => unknown)(
      typeof asked === 'string' ? (WITHIN[asked] ?? asked) : asked,
      ...more,
    );
  const client = new Proxy(sql, {
    get(of, name) {
      if (name === 'query') return query;
      if (name === 'release') return () => undefined;
      const value: unknown = Reflect.get(of, name);
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(of) : value;
    },
  });
  return { connect: () => Promise.resolve(client), query } as unknown as Pool;
}
