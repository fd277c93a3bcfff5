import type { PoolClient } from 'pg';
import { copyInto, type ColumnType, type CopiedColumn } from '../../../activities/bulk/copy-into';
import { streamBetweenWrites } from '../../../activities/bulk/stream-rows';
import { inTransaction } from '../../../activities/database/transaction';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
let sql: PoolClient;
beforeAll(async () => {
  book = await openDatabase('copy-into');
  sql = await book.pool.connect();
  await sql.query(
    'create temporary table kept (n int8, wide int8, narrow int4, day date, words text, amount numeric, exact numeric(30, 8))',
  );
});
afterAll(async () => {
  sql.release();
  await book.close();
});
beforeEach(() => sql.query('truncate kept'));

type Value = bigint | number | string | null;
const column = (name: string, type: ColumnType): CopiedColumn<Record<string, Value>> => ({
  name,
  type,
  of: (row) => row[name] ?? null,
});
const columns = [
  column('n', 'int8'),
  column('wide', 'int8'),
  column('narrow', 'int4'),
  column('day', 'date'),
  column('words', 'text'),
  column('amount', 'numeric'),
  column('exact', 'numeric'),
];

/** Copies one value and answers it as PostgreSQL prints it. */
async function roundTrip(name: string, value: Value): Promise<string | null> {
  expect(await copyInto(sql, 'kept', columns, [[{ n: 1n, [name]: value }]])).toBe(1);
  const { rows } = await sql.query<{ printed: string | null }>(`select ${name}::text as printed from kept`);
  return rows[0]?.printed ?? null;
}

test.each<[column: string, value: Value, printed: string | null, why: string]>([
  ['wide', 0n, '0', 'zero'],
  ['wide', -1n, '-1', 'below zero'],
  ['wide', 0x7fff_ffff_ffff_ffffn, '9223372036854775807', 'the largest'],
  ['wide', -0x8000_0000_0000_0000n, '-9223372036854775808', 'the smallest'],
  ['wide', 9_007_199_254_740_993n, '9007199254740993', 'beyond exact floats'],
  ['wide', null, null, 'nothing'],
  ['narrow', 2_147_483_647, '2147483647', 'the largest'],
  ['narrow', -2_147_483_648, '-2147483648', 'the smallest'],
  ['narrow', null, null, 'nothing'],
  ['day', '2025-06-26', '2025-06-26', 'a business date'],
  ['day', '2000-01-01', '2000-01-01', 'the day from which PostgreSQL counts'],
  ['day', '1999-12-31', '1999-12-31', 'the day before it'],
  ['day', '2024-02-29', '2024-02-29', 'a leap day'],
  ['day', null, null, 'nothing'],
  ['words', '', '', 'empty is not nothing'],
  ['words', null, null, 'nothing'],
  ['words', '风控资金返还', '风控资金返还', 'three bytes a character'],
  ['words', '𠮷野家', '𠮷野家', 'four bytes a character'],
  ['words', 'a\tb\n\\N"\'', 'a\tb\n\\N"\'', 'what a text COPY would have to escape'],
  ['words', '长'.repeat(40_000), '长'.repeat(40_000), 'longer than the buffer'],
  ['amount', '0', '0', 'zero'],
  ['amount', '0.00', '0.00', 'zero with its scale'],
  ['amount', '0.00000001', '0.00000001', 'the smallest amount per share'],
  ['amount', '-0.5', '-0.5', 'below zero'],
  ['amount', '1', '1', 'one group'],
  ['amount', '9999', '9999', 'a full group'],
  ['amount', '10000', '10000', 'the next group, and a group of zeros'],
  ['amount', '100000000', '100000000', 'two groups of zeros'],
  ['amount', '0.0001', '0.0001', 'one group after the point'],
  ['amount', '0.00010000', '0.00010000', 'a group of zeros at the end'],
  ['amount', '123.4', '123.4', 'groups that are not full'],
  ['amount', '007.10', '7.10', 'zeros in front'],
  ['amount', '12345678901234567890.12345678', '12345678901234567890.12345678', 'more digits than any integer'],
  ['amount', '-12345678901234567890.12345678', '-12345678901234567890.12345678', 'and below zero'],
  ['amount', 5n, '5', 'a bigint'],
  ['amount', null, null, 'nothing'],
  ['exact', '12345678901234567890.12345678', '12345678901234567890.12345678', 'as wide as its column'],
  ['exact', '1.5', '1.50000000', 'a scale that the column fills up'],
])('%s %s is kept as %s: %s', async (name, value, printed, _why) => {
  expect(await roundTrip(name, value)).toBe(printed);
});

test('values written by COPY equal values written by INSERT', async () => {
  await copyInto(sql, 'kept', columns, [[{ n: 1n, amount: '-100200.0003', day: '2025-06-26', words: '港股' }]]);
  await sql.query(`insert into kept (n, amount, day, words) values (2, '-100200.0003', '2025-06-26', '港股')`);
  const { rows } = await sql.query(
    `select count(distinct (amount, day, words)) as kinds, count(distinct numeric_send(amount)) as forms from kept`,
  );
  expect(rows).toEqual([{ kinds: 1n, forms: 1n }]);
});

test('many rows in many batches, empty ones among them, arrive once each and in full', async () => {
  async function* batches() {
    for (let batch = 0; batch < 50; batch++) {
      await Promise.resolve();
      yield Array.from({ length: batch % 5 === 0 ? 0 : 500 }, (_, index) => ({
        n: BigInt(batch * 500 + index),
        words: `第 ${batch * 500 + index} 行`.repeat(3),
        amount: `${batch}.${index}`,
      }));
    }
  }
  expect(await copyInto(sql, 'kept', columns, batches())).toBe(20_000);
  const { rows } = await sql.query(
    `select count(distinct n) as numbers, bool_and(words like '第 ' || n || ' 行%') as right_words from kept`,
  );
  expect(rows).toEqual([{ numbers: 20_000n, right_words: true }]);
});

test('no rows at all are no error', async () => {
  expect(await copyInto(sql, 'kept', columns, [])).toBe(0);
});

describe('an error in the middle', () => {
  beforeAll(async () => {
    await book.pool.query(
      `insert into business_clock (book_name, book_kind, mode, now) values ('x', 'test', 'manual', '2025-06-23T00:00:00Z')`,
    );
  });
  interface Listed {
    readonly code: string;
    readonly lot?: number;
  }
  const securities: readonly CopiedColumn<Listed>[] = [
    { name: 'channel', type: 'text', of: () => 'SH' },
    { name: 'code', type: 'text', of: ({ code }) => code },
    { name: 'name', type: 'text', of: () => '测试' },
    { name: 'lot', type: 'int4', of: ({ lot }) => lot ?? 100 },
    { name: 'currency', type: 'text', of: () => 'HKD' },
  ];
  const good = Array.from({ length: 30_000 }, (_, index) => ({ code: String(index).padStart(5, '0') }));

  test.each<[why: string, rows: () => Iterable<readonly Listed[]>, said: string]>([
    [
      'of whoever reads the rows',
      function* () {
        yield good;
        throw new Error('the file could not be read on');
      },
      'the file could not be read on',
    ],
    ['of the table, in the first rows', () => [[{ code: '00001' }, { code: '00001' }], good], 'securities_pkey'],
    ['of the table, in the last row', () => [good, [{ code: '00001' }]], 'securities_pkey'],
    ['of a check of the table', () => [good, [{ code: '99999', lot: 0 }]], 'securities_lot_check'],
    ['of a value that is none', () => [good, [{ code: '99999', lot: Number.NaN }]], 'cannot be converted to a BigInt'],
  ])('%s leaves nothing written and the connection usable', async (_why, rows, said) => {
    const failing = inTransaction(book.pool, async (client) => {
      const before = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await expect(copyInto(client, 'securities', securities, rows())).rejects.toThrow(said);
      // The server was told, so that nothing of it can be committed by mistake.
      await expect(client.query('select 1')).rejects.toThrow('current transaction is aborted');
      await client.query('rollback');
      const after = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      expect(after.rows).toEqual(before.rows);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    const { rows: written } = await book.pool.query('select 1 from securities limit 1');
    expect(written).toEqual([]);
  });

  test('of the table, heard while rows are still being read, is told as the server said it', async () => {
    async function* slowly() {
      yield [{ code: '00001' }, { code: '00001' }];
      yield good;
      const isHeard = async () => {
        const { rowCount } = await book.pool.query(
          `select from pg_stat_activity where datname = current_database() and state = 'idle in transaction (aborted)'`,
        );
        return rowCount === 1;
      };
      while (!(await isHeard()));
      yield good;
      yield good;
    }
    const failing = inTransaction(book.pool, (client) => copyInto(client, 'securities', securities, slowly()));
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    const { rows } = await book.pool.query('select 1 from securities limit 1');
    expect(rows).toEqual([]);
  });

  test('a savepoint before it keeps what the transaction did earlier', async () => {
    await inTransaction(book.pool, async (client) => {
      await copyInto(client, 'securities', securities, [[{ code: '11111' }]]);
      await client.query('savepoint lines');
      await expect(copyInto(client, 'securities', securities, [good, [{ code: '00001' }]])).rejects.toThrow();
      await client.query('rollback to savepoint lines');
      expect(await copyInto(client, 'securities', securities, [[{ code: '22222' }]])).toBe(1);
    });
    const { rows } = await book.pool.query('select code from securities order by code');
    expect(rows).toEqual([{ code: '11111' }, { code: '22222' }]);
  });
});

test.each<[type: ColumnType, value: Value, why: string]>([
  ['numeric', '1e5', 'no exponent'],
  ['numeric', '1.', 'digits after the point'],
  ['numeric', '', 'not empty'],
  ['numeric', 'NaN', 'a number'],
  ['date', '2025-13-01', 'a month that there is'],
  ['date', 'soon', 'a date'],
  ['date', '2025-02-30', 'a day that there is'],
  ['int8', 0x8000_0000_0000_0000n, 'within eight bytes'],
])('%s refuses %s: %s', async (type, value, _why) => {
  const wanted = { numeric: 'amount', date: 'day', int8: 'wide' }[type as 'numeric' | 'date' | 'int8'];
  await sql.query('begin');
  await expect(copyInto(sql, 'kept', columns, [[{ n: 1n, [wanted]: value }]])).rejects.toThrow();
  await sql.query('rollback');
});

test('rows are read page by page while others are written, twice in a transaction: each once, and none of those that are written', async () => {
  await sql.query('insert into kept (n) select * from generate_series(1, 7)');
  await sql.query('begin');
  for (const [above, expected] of [
    [2, [3, 4, 5, 6, 7]],
    [6, [7, 103, 104, 105, 106, 107]],
  ] as const) {
    const read: number[] = [];
    const pages: number[] = [];
    for await (const page of streamBetweenWrites<{ n: bigint }>(
      sql,
      'select n from kept where n > $1 order by n',
      [above],
      2,
    )) {
      pages.push(page.length);
      read.push(...page.map(({ n }) => Number(n)));
      await sql.query('insert into kept (n) select n + 100 from unnest($1::bigint[]) as n', [page.map(({ n }) => n)]);
    }
    expect([read, Math.max(...pages)]).toEqual([expected, 2]);
  }
  await sql.query('rollback');
});
