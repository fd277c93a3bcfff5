/** Connections that break while somebody has them: the server was restarted, or an administrator ended them. */
import { Client, type PoolClient } from 'pg';
import { inTransaction } from '../../activities/database/transaction';
import { withoutTrace } from '../../prisma/pool';
import { openDatabase, type TestDatabase } from '../support/database';
import { testServers } from '../support/servers';

let database: TestDatabase;
let administrator: Client;

beforeAll(async () => {
  database = await openDatabase('pool');
  administrator = new Client({ connectionString: testServers().adminUrl });
  await administrator.connect();
});

afterAll(async () => {
  await administrator.end();
  await database.close();
});

/** Ended from outside, while nothing is asked of it. */
async function end(sql: PoolClient): Promise<void> {
  const gone = new Promise<void>((resolve) => sql.once('end', resolve));
  const { rows } = await administrator.query<{ ended: boolean }>('select pg_terminate_backend($1, 60000) as ended', [
    await pidOf(sql),
  ]);
  expect(rows).toEqual([{ ended: true }]);
  await gone;
}

const pidOf = async (sql: PoolClient) =>
  (await sql.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;

type Work = (sql: PoolClient) => Promise<unknown>;

test.each([
  ['a verb', (work: Work) => inTransaction(database.pool, work)],
  ['a reading', (work: Work) => withoutTrace(database.pool, 'begin', work)],
])('the connection of %s is ended between two queries: it is told, and the next one has another', async (_, take) => {
  const first = take(async (sql) => {
    await end(sql);
    return sql.query('select 1');
  });
  await expect(first).rejects.toThrow(/not queryable/);

  await expect(take(pidOf)).resolves.toEqual(expect.any(Number));
  expect(database.pool.totalCount).toBe(database.pool.idleCount);
});
