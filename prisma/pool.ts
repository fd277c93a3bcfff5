/**
 * Connections to a book's database, with values read exactly: int8 as bigint, numeric as text,
 * dates as `YYYY-MM-DD`, instants as ISO text in UTC with milliseconds.
 */
import { Pool, types, type PoolClient, type PoolConfig } from 'pg';

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

const exactly: PoolConfig['types'] = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    switch (oid) {
      case INT8:
        return (value: string) => BigInt(value);
      case DATE:
        return (value: string) => value;
      case TIMESTAMPTZ:
        return (value: string) => new Date(value).toISOString();
      default:
        return types.getTypeParser(oid, format ?? 'text') as (value: string) => unknown;
    }
  }) as typeof types.getTypeParser,
};

/**
 * Settings of connections that pass over a day's lines, whatever the server's own are: room to sum and sort them without files on
 * disk, and no compiling of statements that run once a day.
 */
export const BULK_CONNECTION = '-c work_mem=32MB -c jit=off';

/** @param options settings of each connection, as `BULK_CONNECTION` */
export function openPool(url: string, size = 10, options?: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    types: exactly,
    ...(options !== undefined && { options }),
  });
  // An idle connection that breaks (server restarted) is dropped by the pool; the next query opens a new one.
  pool.on('error', () => undefined);
  // One that breaks while it is lent tells its borrower by the next query, and the pool by not being queryable when it comes back.
  // Its event besides would end the whole process where nobody listens to it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * Does something in a transaction of which nothing stays: reads of one moment, or a change that is only looked at.
 * @param begin how the transaction begins, as `begin read only`
 */
export async function withoutTrace<Result>(
  pool: Pool,
  begin: string,
  work: (sql: PoolClient) => Promise<Result>,
): Promise<Result> {
  const sql = await pool.connect();
  let broken: Error | undefined;
  try {
    await sql.query(begin);
    return await work(sql);
  } finally {
    await sql.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    sql.release(broken);
  }
}
