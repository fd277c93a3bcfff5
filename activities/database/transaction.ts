/** One transaction for one verb: commits when `work` returns, rolls back when it throws. */
import type { Pool, PoolClient } from 'pg';

export async function inTransaction<Result>(pool: Pool, work: (sql: PoolClient) => Promise<Result>): Promise<Result> {
  const sql = await pool.connect();
  let broken: Error | undefined;
  try {
    await sql.query('begin');
    const result = await work(sql);
    await sql.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away, not returned to the pool.
    await sql.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    sql.release(broken);
  }
}
