import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dayReport } from '../../../api/reports/day-report';
import { countFigures, differencesOf } from '../../support/compare-figures';
import { openDatabase, type TestDatabase } from '../../support/database';
import { datesIn, dayOf, DAYS_A, filesOf, openBookOf, runDay, verbsOf, workflowOf } from '../../support/days-of-verbs';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('days-a');
  await openBookOf(book.pool, DAYS_A);
});
afterAll(() => book.close());

// One after the other, each on the books that the one before left: an overdraft of Wednesday is Thursday's advance.
test.each(datesIn(DAYS_A))('%s through the verbs gives every published figure, and the day closes', async (date) => {
  const { pool } = book;
  const day = dayOf(date);
  const { held, receipts } = await runDay(pool, day, filesOf(path.join(DAYS_A, date)));
  expect(held).toEqual({});
  expect([...receipts.values()].filter(({ state, findings }) => state !== 'accepted' || findings > 0)).toEqual([]);

  const report = await dayReport(pool, day.channel, day.businessDate);
  if (report === undefined) throw new Error('no report');
  const expected = JSON.parse(readFileSync(path.join(DAYS_A, date, 'expected.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const told = Object.fromEntries(Object.keys(expected).map((section) => [section, report[section]]));
  expect(differencesOf(expected, told)).toEqual([]);
  // An empty expectation would be met by anything.
  expect(countFigures(expected)).toBeGreaterThan(500);

  await verbsOf(pool).closeDay({ ...day, workflowId: workflowOf(day) });
});

test('every batch of the seven days sums to zero in each asset, and every entry has its ledger', async () => {
  const { rows } = await book.pool.query(
    `select b.batch_key, e.asset, sum(e.amount) from batches b join entries e using (batch_id, business_date)
     group by 1, 2 having sum(e.amount) <> 0`,
  );
  expect(rows).toEqual([]);
});

test('balances at an earlier date follow from the entries up to then: Wednesday evening is told the same on the last day', async () => {
  const { pool } = book;
  const wednesday = dayOf('2025-06-25');
  const report = await dayReport(pool, wednesday.channel, wednesday.businessDate);
  const expected = JSON.parse(readFileSync(path.join(DAYS_A, '2025-06-25', 'expected.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  expect(differencesOf(expected['positions'], report?.['positions'])).toEqual([]);
  expect(differencesOf(expected['clientMoneyIdentity'], report?.['clientMoneyIdentity'])).toEqual([]);
});
