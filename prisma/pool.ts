/**
 * Connections to a book's database, with values read exactly: int8 as bigint, numeric as text,
 * dates as `YYYY-MM-DD`, instants as ISO text in UTC with milliseconds.
 */
import { Pool, types, type PoolConfig } from 'pg';

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
  return pool;
}
