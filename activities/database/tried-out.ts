/** Verbs that are tried out: everything they write is seen by them and by whoever looks in between, and nothing of it stays. */
import type { Pool, PoolClient } from 'pg';

const WITHIN: Readonly<Record<string, string>> = {
  begin: 'savepoint verb',
  commit: 'release savepoint verb',
  rollback: 'rollback to savepoint verb',
};

/** How long it may take, in milliseconds of real time: what is tried out holds locks of the day's books for as long. */
export interface AtMost {
  readonly ms: number;
  /** Thrown where it takes longer. */
  readonly tooLong: () => Error;
}

/** PostgreSQL: a statement that its time limit stopped. */
const STOPPED = '57014';

/**
 * Gives `work` a pool whose every transaction is a part of one that is rolled back. One verb after the other: there is one connection.
 * @param atMost no statement begins after it, and none that began before runs on for longer than it
 */
export async function triedOut<Result>(
  pool: Pool,
  work: (within: Pool, sql: PoolClient) => Promise<Result>,
  atMost?: AtMost,
): Promise<Result> {
  const sql = await pool.connect();
  let broken: Error | undefined;
  try {
    await sql.query('begin');
    if (atMost !== undefined) await sql.query(`set local statement_timeout = ${String(Math.max(1, atMost.ms))}`);
    return await work(poolWithin(sql, until(atMost)), sql);
  } catch (error) {
    throw atMost !== undefined && codeOf(error) === STOPPED ? atMost.tooLong() : error;
  } finally {
    await sql.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    sql.release(broken);
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Refuses once the time is over; a verb that is undone then still takes its own savepoint back. */
function until(atMost: AtMost | undefined): (asked: unknown) => void {
  if (atMost === undefined) return () => undefined;
  const over = performance.now() + atMost.ms;
  return (asked) => {
    if (asked !== 'rollback' && performance.now() > over) throw atMost.tooLong();
  };
}

function poolWithin(sql: PoolClient, refuseLate: (asked: unknown) => void): Pool {
  const query = (asked: unknown, ...more: unknown[]): unknown => {
    refuseLate(asked);
    return (sql.query as (...all: unknown[]) => unknown)(
      typeof asked === 'string' ? (WITHIN[asked] ?? asked) : asked,
      ...more,
    );
  };
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
