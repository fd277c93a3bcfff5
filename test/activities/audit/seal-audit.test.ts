/** The chain over the audit: whatever is done to a sealed row is found, and no row is skipped, however writers overlap. */
import pg, { type Pool } from 'pg';
import { recordAudit } from '../../../activities/audit/record-audit';
import { sealAudit } from '../../../activities/audit/seal-audit';
import { verifyAudit } from '../../../activities/audit/verify-audit';
import { openPool } from '../../../prisma/pool';
import { openTestBook, type TestBook } from '../../support/book';

let book: TestBook;
let pool: Pool;
let owner: pg.Client;
beforeAll(async () => {
  book = await openTestBook('seal audit');
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
  // 6 writers x 16 of 20 that were committed, and the three rows of the test before.
  const verified = await verifyAudit(pool);
  expect(verified).toMatchObject({ rows: 99, unsealed: 0 });
  expect(verified.fault).toBeUndefined();
  const { rows } = await owner.query<{ seq: string }>('select seq::text from audit_seals, unnest(seqs) as seq');
  expect(new Set(rows.map(({ seq }) => seq)).size).toBe(99);
});

describe('what a superuser does to the trail', () => {
  const attacks: readonly { readonly why: string; readonly sql: string; readonly what: string; readonly at: string }[] =
    [
      {
        why: 'a row edited',
        sql: `update audit set actor = 'y' where action = 'writer 3 7'`,
        what: 'changed',
        at: 'writer 3 7',
      },
      {
        why: 'a detail edited',
        sql: `update audit set after = '{"a": "三", "b": 1}' where action = 'writer 3 7'`,
        what: 'changed',
        at: 'writer 3 7',
      },
      { why: 'a row deleted', sql: `delete from audit where action = 'writer 3 7'`, what: 'removed', at: 'writer 3 7' },
      {
        why: 'a row slipped into a sealed transaction',
        sql: `insert into audit (xact, actor, action, outcome, object_type, object_id)
            select xact, 'x', 'forged', 'done', 'test', '1' from audit where action = 'writer 3 7'`,
        what: 'inserted',
        at: 'forged',
      },
      {
        why: 'a row put into the gap of one that was rolled back, and sealed like any other',
        sql: `insert into audit (seq, actor, action, outcome, object_type, object_id) overriding system value
            select g, 'x', 'forged', 'done', 'test', '1' from generate_series(4, 100) g
            where g not in (select seq from audit) order by g limit 1`,
        what: 'inserted',
        at: 'forged',
      },
      {
        why: 'a row under a transaction that is still to come',
        sql: `insert into audit (xact, actor, action, outcome, object_type, object_id) values (9000000000, 'x', 'forged', 'done', 'test', '1')`,
        what: 'inserted',
        at: 'forged',
      },
    ];
  beforeAll(async () => {
    await owner.query('create table kept_audit as select * from audit');
    await owner.query('create table kept_seals as select * from audit_seals');
  });
  beforeEach(async () => {
    for (const [table, kept] of [
      ['audit', 'kept_audit'],
      ['audit_seals', 'kept_seals'],
    ] as const) {
      await owner.query(`delete from ${table}`);
      await owner.query(`insert into ${table} overriding system value select * from ${kept}`);
    }
    expect((await verifyAudit(pool)).fault).toBeUndefined();
  });

  it.each(attacks)('is found: $why', async ({ sql, what, at }) => {
    const number = what === 'inserted' ? undefined : await seqOf(at);
    expect((await owner.query(sql)).rowCount).toBe(1);
    await sealAudit(pool);
    expect((await verifyAudit(pool)).fault).toEqual({ what, number: number ?? (await seqOf(at)) });
  });

  it('is found: a seal edited, a seal deleted', async () => {
    await owner.query('begin');
    await owner.query(`update audit_seals set row_digests[1] = 'x' where seal_no = 2`);
    await owner.query('commit');
    expect((await verifyAudit(pool)).fault).toEqual({ what: 'seal changed', number: 2n });
    await owner.query('delete from audit_seals where seal_no = 2');
    expect((await verifyAudit(pool)).fault).toEqual({ what: 'seal removed', number: 2n });
  });
});
