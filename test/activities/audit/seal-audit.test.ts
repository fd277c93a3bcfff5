/** The chain over the audit: no row is skipped, and no writer waits, however writers overlap. */
import pg, { type Pool } from 'pg';
import { recordAudit } from '../../../activities/audit/record-audit';
import { sealAudit, SEALED_COLUMNS } from '../../../activities/audit/seal-audit';
import { SEALED_ROWS, verifyAudit } from '../../../activities/audit/verify-audit';
import { openPool } from '../../../prisma/pool';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
let pool: Pool;
let owner: pg.Client;
beforeAll(async () => {
  book = await openDatabase('seal audit');
  pool = openPool(book.appUrl, 10);
  owner = new pg.Client({ connectionString: book.ownerUrl });
  await owner.connect();
  await owner.query(`insert into business_clock (book_name, book_kind, mode) values ($1, 'test', 'real')`, [
    book.database,
  ]);
});
afterAll(async () => {
  await owner.end();
  await pool.end();
  await book.close();
});

const write = (sql: Pick<pg.ClientBase, 'query'>, action: string) =>
  recordAudit(sql, {
    actor: 'x',
    action,
    outcome: 'done',
    objectType: 'test',
    objectId: '1',
    after: { b: 1, a: '二' },
  });
const seqOf = async (action: string): Promise<bigint> => {
  const { rows } = await owner.query<{ seq: string }>('select seq::text from audit where action = $1', [action]);
  return BigInt(rows[0]?.seq ?? 0);
};

it('skips no row whose smaller number is committed later, and makes no writer wait', async () => {
  const [slow, fast] = [await pool.connect(), await pool.connect()];
  await slow.query('begin');
  await write(slow, 'slow');
  await fast.query('begin');
  await write(fast, 'fast');
  await fast.query('commit');
  expect(await sealAudit(pool)).toEqual({ sealed: 1 });
  // A transaction that is under way neither holds up the sealer nor is held up by it.
  await write(slow, 'slow again');
  await slow.query('commit');
  expect(await seqOf('slow')).toBeLessThan(await seqOf('fast'));
  expect(await sealAudit(pool)).toEqual({ sealed: 2 });
  expect(await sealAudit(pool)).toEqual({ sealed: 0 });
  slow.release();
  fast.release();
  expect(await verifyAudit(pool)).toMatchObject({ seals: 2, rows: 3, unsealed: 0 });
});

it('takes no row for one put in later, whose transaction was at work when a seal was made that does not hold it', async () => {
  const [older, younger] = [await pool.connect(), await pool.connect()];
  for (const sql of [older, younger]) await sql.query('begin');
  await older.query('select pg_current_xact_id()');
  // Of all transactions with a number the younger one has the greatest: to a snapshot it has not begun.
  await write(younger, 'younger');
  await write(older, 'older');
  await older.query('commit');
  expect(await sealAudit(pool)).toEqual({ sealed: 1 });
  await younger.query('commit');
  expect(await seqOf('younger')).toBeLessThan(await seqOf('older'));
  expect(await sealAudit(pool)).toEqual({ sealed: 1 });
  older.release();
  younger.release();
  expect((await verifyAudit(pool)).faults).toEqual([]);
});

it('seals every row of concurrent writers once, with sealers side by side, and none that was rolled back', async () => {
  let writing = true;
  const sealing = [1, 2].map(async () => {
    while (writing) await sealAudit(pool);
  });
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let turn = 0; turn < 20; turn += 1) {
      const sql = await pool.connect();
      await sql.query('begin');
      await write(sql, `writer ${writer} ${turn}`);
      await sql.query('select pg_sleep($1)', [((writer * 7 + turn * 3) % 5) / 500]);
      await sql.query(turn % 5 === 4 ? 'rollback' : 'commit');
      sql.release();
    }
  });
  await Promise.all(writers);
  writing = false;
  await Promise.all(sealing);
  await sealAudit(pool);
  // 6 writers x 16 of 20 that were committed, and the five rows of the tests before.
  const verified = await verifyAudit(pool);
  expect(verified).toMatchObject({ rows: 101, unsealed: 0 });
  expect(verified.faults).toEqual([]);
  const { rows } = await owner.query<{ seq: string }>(`select seq::text from audit_seals s, ${SEALED_ROWS}`);
  expect(new Set(rows.map(({ seq }) => seq)).size).toBe(101);
});

it('says every column of a row', async () => {
  const { rows } = await owner.query<{ columns: string[] }>(
    `select array_agg(column_name::text order by ordinal_position) as columns from information_schema.columns
     where table_schema = 'public' and table_name = 'audit'`,
  );
  // Its process and what was after are sealed as they are read, however the row keeps them.
  const kept = ['other_workflow', 'is_of_its_object', 'told', 'after_kept'];
  expect([...SEALED_COLUMNS, ...kept].sort()).toEqual([...(rows[0]?.columns ?? [])].sort());
});
