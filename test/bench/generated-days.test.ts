import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateDays } from '../../bench/days/generate-days';
import type { MarketSpec } from '../../bench/days/market';
import { openDatabase, type TestDatabase } from '../support/database';
import { datesIn, dayOf, filesOf, openBookOf, runDay, verbsOf, workflowOf } from '../support/days-of-verbs';

const SPEC: MarketSpec = { trades: 3_000, clients: 1_001, seed: 5, days: 3 };
const folder = mkdtempSync(path.join(tmpdir(), 'southbound-bench-'));
const place = (name: string) => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytesOf = (days: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(days, { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(days, file), readFileSync(file, 'base64')]),
  );

test('the same seed writes the same bytes, another seed another market', async () => {
  const small: MarketSpec = { trades: 50, clients: 10, seed: 1, days: 2 };
  await generateDays(small, place('one'));
  await generateDays(small, place('again'));
  await generateDays({ ...small, seed: 2 }, place('other'));
  const one = bytesOf(place('one'));
  expect(Object.keys(one).length).toBe(7 + 2 * 18);
  expect(bytesOf(place('again'))).toEqual(one);
  expect(bytesOf(place('other'))['2025-06-23/hk_jsmx20250623.dbf']).not.toBe(one['2025-06-23/hk_jsmx20250623.dbf']);
});

describe('three generated days through the verbs', () => {
  let book: TestDatabase;
  beforeAll(async () => {
    await generateDays(SPEC, place('days'));
    book = await openDatabase('generated-days');
    await openBookOf(book.pool, place('days'));
  });
  afterAll(() => book.close());

  test.each(['2025-06-23', '2025-06-24', '2025-06-25'])('%s closes, and nothing is found', async (date) => {
    expect(datesIn(place('days'))).toContain(date);
    const day = dayOf(date);
    const { held, receipts } = await runDay(book.pool, day, filesOf(place(path.join('days', date))));
    expect(held).toEqual({});
    expect([...receipts.values()].filter(({ state }) => state !== 'accepted')).toEqual([]);
    const { rows } = await book.pool.query(
      'select class, file_name, row_no, field, file_value, computed from findings',
    );
    expect(rows).toEqual([]);
    await verbsOf(book.pool).closeDay({ ...day, workflowId: workflowOf(day) });
  });

  test('the third evening has all kinds of work: deliveries, overdrafts of clients who are short, deposits', async () => {
    const { rows } = await book.pool.query(
      `select (select count(*)::int from entries where ledger = 'client_shares' and business_date = '2025-06-25') > 1000 as delivered,
              (select count(*)::int from overdrafts where business_date = '2025-06-25') as overdrawn,
              (select count(*)::int from counter_cash) > 0 as deposited`,
    );
    // One client in a thousand has too little money: of 1,000 exactly one.
    expect(rows).toEqual([{ delivered: true, overdrawn: 1, deposited: true }]);
  });

  test('the planner knows what a day holds once its files are compared: without, an evening is quadratic', async () => {
    const { rows } = await book.pool.query(
      `select relname, reltuples::int as rows from pg_class where relname in ('clearing_lines_20250623', 'counter_trades_20250623') order by 1`,
    );
    expect(rows).toEqual([
      { relname: 'clearing_lines_20250623', rows: SPEC.trades + SPEC.clients },
      { relname: 'counter_trades_20250623', rows: SPEC.trades },
    ]);
  });
});
