import { inTransaction } from '../../../activities/database/transaction';
import { openBatch, type BatchKey } from '../../../activities/ledger/open-batch';
import { reverseBatchesOf } from '../../../activities/ledger/reverse-batches';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { openDatabase, type TestDatabase } from '../../support/database';

const DATE = parseBusinessDate('2025-06-23');
let book: TestDatabase;
let files: bigint[];
beforeAll(async () => {
  book = await openDatabase('open-batch');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('x', 'test', 'manual', '2025-06-23T00:00:00Z')`,
  );
  await book.pool.query('select open_business_date($1)', [DATE]);
  const { rows } = await book.pool.query<{ file_id: bigint }>(
    `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
     select 'SH', $1, 'hk_jsmx', n, 'f' || n, 'x', repeat(n::text, 64), 1, now() from generate_series(1, 2) n returning file_id`,
    [DATE],
  );
  files = rows.map(({ file_id }) => file_id);
});
afterAll(() => book.close());

const keyed = (key: string, of: Partial<BatchKey> = {}): BatchKey => ({
  key,
  channel: 'SH',
  businessDate: DATE,
  kind: 'clear-trades',
  restsOn: [files[0]!],
  cause: 'trades settling',
  ...of,
});

/** Opens a batch and posts 100 fen in it; answers its number, undefined where it was posted before. */
const post = (batch: BatchKey) =>
  inTransaction(book.pool, async (sql) => {
    const id = await openBatch(sql, batch);
    if (id === undefined) return undefined;
    await sql.query(
      `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
       values ($1, $2, 1, 'bank', $3, 'CNY', 100, $1, 'x', $4, 7), ($1, $2, 2, 'client_money', $3, 'CNY', -100, $1, 'x', $4, 7)`,
      [batch.businessDate, id, batch.key, batch.restsOn[0] ?? null],
    );
    return id;
  });

async function balanceOf(owner: string): Promise<unknown> {
  const { rows } = await book.pool.query<{ ledger: string; balance: bigint; entries: bigint }>(
    `select ledger, sum(amount)::bigint as balance, count(*) as entries from entries where owner = $1 group by 1 order by 1`,
    [owner],
  );
  return rows;
}

test('the same key with the same content is done already', async () => {
  expect(await post(keyed('same'))).toEqual(expect.any(BigInt));
  expect(await post(keyed('same'))).toBeUndefined();
  expect(await balanceOf('same')).toMatchObject([{ balance: 100n, entries: 1n }, { balance: -100n }]);
});

test.each<[why: string, other: () => Partial<BatchKey>]>([
  ['another file', () => ({ restsOn: [files[1]!] })],
  ['a further file', () => ({ restsOn: files })],
  ['no file', () => ({ restsOn: [] })],
  ['another cause', () => ({ cause: 'trades of another day' })],
  ['another kind', () => ({ kind: 'clear-portfolio-fee' })],
])('the same key with %s is refused', async (why, other) => {
  await post(keyed(`content ${why}`));
  await expect(post(keyed(`content ${why}`, other()))).rejects.toMatchObject({
    code: 'BATCH_CONTENT_DIFFERS',
    details: { key: `content ${why}` },
  });
  expect(await balanceOf(`content ${why}`)).toMatchObject([{ entries: 1n }, { entries: 1n }]);
});

test('the files of a batch are content by their bytes, whatever their order', async () => {
  await post(keyed('order', { restsOn: [files[0]!, files[1]!] }));
  expect(await post(keyed('order', { restsOn: [files[1]!, files[0]!] }))).toBeUndefined();
});

test('a batch that failed leaves its key free', async () => {
  const failing = inTransaction(book.pool, async (sql) => {
    await openBatch(sql, keyed('failed'));
    throw new Error('in the middle');
  });
  await expect(failing).rejects.toThrow('in the middle');
  expect(await post(keyed('failed'))).toEqual(expect.any(BigInt));
});

test('of two at once one posts, and the other finds it done when it asks again', async () => {
  const both = await Promise.allSettled([post(keyed('race')), post(keyed('race'))]);
  expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  expect(await post(keyed('race'))).toBeUndefined();
  expect(await balanceOf('race')).toMatchObject([{ balance: 100n, entries: 1n }, { balance: -100n }]);
});

describe('reversal', () => {
  const reverse = (kinds: readonly string[]) =>
    inTransaction(book.pool, (sql) =>
      reverseBatchesOf(sql, { channel: 'SH', businessDate: DATE, kinds, cause: 'the file was replaced' }),
    );

  test('every entry again with the other sign, from the same lines; the key is free for the corrected posting', async () => {
    const first = await post(keyed('corrected', { kind: 'reversed' }));
    expect(await reverse(['reversed'])).toBe(1);
    expect(await balanceOf('corrected')).toEqual([
      { ledger: 'bank', balance: 0n, entries: 2n },
      { ledger: 'client_money', balance: 0n, entries: 2n },
    ]);
    const { rows } = await book.pool.query(
      `select b.batch_key, b.reverses, b.cause, min(e.cause_file_id) as file, min(e.cause_row_no) as row from batches b join entries e using (batch_id)
       where b.reverses is not null group by 1, 2, 3`,
    );
    expect(rows).toEqual([
      { batch_key: 'reverse:corrected', reverses: first, cause: 'the file was replaced', file: files[0], row: 7n },
    ]);

    const second = await post(keyed('corrected', { kind: 'reversed', restsOn: [files[1]!] }));
    expect(second).not.toBe(first);
    expect(await post(keyed('corrected', { kind: 'reversed', restsOn: [files[1]!] }))).toBeUndefined();
    await expect(post(keyed('corrected', { kind: 'reversed' }))).rejects.toMatchObject({
      code: 'BATCH_CONTENT_DIFFERS',
    });
    const { rows: keys } = await book.pool.query('select batch_key from batches where batch_id = $1', [second]);
    expect(keys).toEqual([{ batch_key: 'corrected#2' }]);
  });

  test('takes back what stands, once; a third posting carries #3', async () => {
    expect(await reverse(['reversed'])).toBe(1);
    expect(await reverse(['reversed'])).toBe(0);
    const third = await post(keyed('corrected', { kind: 'reversed' }));
    const { rows } = await book.pool.query('select batch_key from batches where batch_id = $1', [third]);
    expect(rows).toEqual([{ batch_key: 'corrected#3' }]);
    expect(await balanceOf('corrected')).toMatchObject([{ balance: 100n }, { balance: -100n }]);
  });

  test('leaves other kinds and other days alone', async () => {
    await post(keyed('kept', { kind: 'advance-overdrafts' }));
    await book.pool.query(`select open_business_date('2025-06-24')`);
    await post(keyed('tomorrow', { kind: 'reversed', businessDate: parseBusinessDate('2025-06-24') }));
    await reverse(['reversed']);
    expect(await balanceOf('kept')).toMatchObject([{ entries: 1n }, { entries: 1n }]);
    expect(await balanceOf('tomorrow')).toMatchObject([{ entries: 1n }, { entries: 1n }]);
  });
});

test('a posting is one row of the audit, however often it is asked for and however many entries it has; so is its reversal', async () => {
  for (const _ of [1, 2]) await post(keyed('audited', { kind: 'audited kind' }));
  await inTransaction(book.pool, (sql) =>
    reverseBatchesOf(sql, { channel: 'SH', businessDate: DATE, kinds: ['audited kind'], cause: 'a corrected file' }),
  );
  const { rows } = await book.pool.query(
    `select actor, action, object_type, reason, after ->> 'kind' as kind from audit where object_id = 'audited' order by seq`,
  );
  const of = { actor: 'southbound', object_type: 'batch' };
  expect(rows).toEqual([
    { ...of, action: 'post batch', reason: 'trades settling', kind: 'audited kind' },
    { ...of, action: 'reverse batch', reason: 'a corrected file', kind: null },
  ]);
});
