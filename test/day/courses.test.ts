/**
 * The course of faults that has most in it, against what samples/courses says must come of it: own side settled otherwise than announced and
 * covered by a new order, client money a second late, a late file, the worker killed. All courses: `npx southbound rehearse --faults samples/courses`.
 *
 * Beside it: the arithmetic of all courses comes out as they say, and the independent check finds each violation that is planted.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Decimal } from 'decimal.js';
import type { Pool } from 'pg';
import { readCourses } from '../../cli/rehearsal/courses/course-file';
import { independentCheck } from '../../cli/rehearsal/courses/independent-check';
import { rehearsedCourse } from '../../cli/rehearsal/courses/rehearse-courses';
import { readDaysFolder } from '../../cli/rehearsal/days-folder';
import { openPool } from '../../prisma/pool';
import { dropBook } from '../../worker/book';
import { quietJournal } from '../support/quiet-journal';
import { migratedDatabase, testServers } from '../support/servers';

const SAMPLES = path.join(__dirname, '../../samples');
const COURSES = readCourses(path.join(SAMPLES, 'courses'));
const BOOK = `test_course_${process.pid}_${randomBytes(3).toString('hex')}`;
const folder = mkdtempSync(path.join(tmpdir(), 'southbound-courses-'));
let pool: Pool;

beforeAll(async () => {
  await migratedDatabase(BOOK);
  process.env['SOUTHBOUND_DATA'] = folder;
  pool = openPool(testServers().adminUrl.replace(/postgres$/, BOOK), 1);
});
afterAll(async () => {
  await pool.end();
  const { adminUrl, temporal } = testServers();
  await dropBook(adminUrl, temporal, BOOK);
  delete process.env['SOUTHBOUND_DATA'];
  rmSync(folder, { recursive: true, force: true });
});

const rowsOf = async (text: string): Promise<unknown[]> => (await pool.query(text)).rows as unknown[];

test('two at once: everything comes as the course says, and what it does not name is as published', async () => {
  const { adminUrl, temporal: temporalAddress } = testServers();
  const { compared, differences } = await rehearsedCourse({
    published: readDaysFolder(path.join(SAMPLES, 'days-a')),
    course: COURSES.find(({ name }) => name === 'two-at-once')!,
    servers: { adminUrl, temporalAddress },
    book: BOOK,
    out: path.join(folder, 'results'),
    journal: quietJournal(),
    stopping: () => false,
  });
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(3000);

  expect(
    await rowsOf(`select side, intraday_fen, end_of_day_fen, cause, covered_on, days, penalty_fen, interest_fen,
                         cause_lines ->> 'needed' as needed, cause_lines ->> 'arrived' as arrived from settlement_defaults order by side`),
  ).toEqual([
    {
      ...{ side: 'client', intraday_fen: 249_817_182n, end_of_day_fen: 0n, cause: 'transfer not arrived' },
      ...{ covered_on: '2025-06-24', days: 1, penalty_fen: 249_817n, interest_fen: 0n },
      ...{ needed: '2498263.21', arrived: '0.00' },
    },
    {
      ...{ side: 'proprietary', intraday_fen: 163_949n, end_of_day_fen: 0n, cause: 'settled otherwise' },
      ...{ covered_on: '2025-06-24', days: 1, penalty_fen: 164n, interest_fen: 0n },
      ...{ needed: '538360.51', arrived: '538360.51' },
    },
  ]);
  expect(
    await rowsOf(`select amount_fen, state, made_by <> approved_by as two_people from orders
                  where kind = 'FUND' and side = 'proprietary' and business_date = '2025-06-24' order by revision`),
  ).toEqual([
    { amount_fen: 53_836_051n, state: 'executed', two_people: true },
    { amount_fen: 164_958n, state: 'executed', two_people: true },
  ]);
  // A transfer that did not arrive is asked about, not sent a second time.
  expect(
    await rowsOf(`select count(*)::int as sent from orders
                  where kind = 'FUND' and side = 'client' and business_date = '2025-06-24'`),
  ).toEqual([{ sent: 1 }]);
  expect(
    await rowsOf(`select distinct class, file_name from findings_in_force where outcome in ('break', 'refused')`),
  ).toEqual([{ class: 'SETTLED_DIFFERENT', file_name: 'hk_zjbd20250624_1.dbf' }]);
}, 360_000);

/** What is done to sound books, and what the check must say of it. */
const PLANTED: readonly (readonly [what: string, plant: string])[] = [
  [
    'a batch does not sum to zero',
    `update entries set amount = amount + 1 where ctid = (select min(ctid) from entries where ledger = 'risk_fund' and owner = 'HKF0000002')`,
  ],
  [
    'two standing batches of one key',
    `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
     select batch_key || '#2', channel, business_date, kind, content_sha256, cause from batches limit 1`,
  ],
  [
    'a reversal leaves something of its batch',
    `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause, reverses)
     select batch_key || '#reversal', channel, business_date, kind, content_sha256, cause, batch_id from batches b
     where exists (select from entries e where e.batch_id = b.batch_id) limit 1`,
  ],
  [
    'client money owed is not client money held at the close of a day',
    `update entries set amount = amount + 100 where ctid = (select min(ctid) from entries where ledger = 'client_money' and asset = 'CNY')`,
  ],
  [
    'a promise is over and neither met, withdrawn nor escalated',
    `update deadlines set ended_as = null, breached_at = null where business_key like 'FUNDING_CLIENT:%'`,
  ],
  ['an order moved without a second person', `update orders set approved_by = made_by where state = 'executed'`],
  [
    'more came into a reserve account than was approved',
    `update orders set amount_fen = amount_fen - 1 where kind = 'FUND' and side = 'client'`,
  ],
  [
    'what a file says falls due is not cleared exactly once',
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id)
     select e.business_date, e.batch_id, e.line_no + 1000000, e.ledger, e.owner, e.asset, e.amount, e.value_date, e.cause, e.cause_file_id
     from entries e join batches b using (batch_id) where b.kind = 'clear-portfolio-fee' and e.ledger = 'clearing' and e.cause = 'portfolio fee' limit 1`,
  ],
  [
    'our books of an account are not what its keeper says at the close of a day',
    `update entries set amount = amount + 1 where ctid = (select min(ctid) from entries where ledger = 'bank' and owner = '6200000000000000002')`,
  ],
  [
    'more was ordered in for the morning than the plan in force asked for',
    `update figures set amount_fen = amount_fen + 1 where code = 'FUNDING' and side = 'client' and business_date = '2025-06-24'`,
  ],
];

test.each(PLANTED)('the independent check finds planted: %s', async (what, plant) => {
  const sql = await pool.connect();
  try {
    await sql.query('begin');
    // As somebody who gets past every guard of the database.
    await sql.query(`set local session_replication_role = 'replica'`);
    await sql.query('alter table orders drop constraint maker_never_approves');
    await sql.query('alter table deadlines drop constraint ended_by_somebody');
    expect(await independentCheck(sql)).toEqual([]);
    expect((await sql.query(plant)).rowCount).toBeGreaterThan(0);
    expect(await independentCheck(sql)).toContainEqual(expect.stringMatching(`^${what}: `));
  } finally {
    await sql.query('rollback');
    sql.release();
  }
});

/** `2498171.82 * 0.001 * 1 = 2498.17182`: what stands before the sign, from left to right, products before sums. */
function valueOf(expression: string): Decimal {
  const [first = '', ...rest] = expression.split(/ ([+-]) /);
  const product = (text: string) => text.split(' * ').reduce((value, factor) => value.times(factor), new Decimal(1));
  return rest.reduce(
    (sum, word, index) =>
      index % 2 === 1 ? sum : word === '+' ? sum.plus(product(rest[index + 1]!)) : sum.minus(product(rest[index + 1]!)),
    product(first),
  );
}

const ARITHMETIC = COURSES.flatMap(({ name, expected }) =>
  [...expected.events, ...expected.figures].flatMap((one) =>
    one.arithmetic === undefined
      ? []
      : [[name, one.arithmetic, 'amount' in one ? one.amount : 'value' in one ? one.value : undefined] as const],
  ),
);

test.each(ARITHMETIC)('%s: %s', (_, arithmetic, amount) => {
  const [computed = '', told = ''] = arithmetic.replace(/;.*/, '').split(' = ');
  expect(valueOf(computed).toString()).toBe(new Decimal(told).toString());
  // What is computed is the amount, or the balance beside it.
  if (amount !== undefined && !new Decimal(told).toDecimalPlaces(2).abs().eq(new Decimal(amount).abs())) {
    expect(arithmetic).toMatch(/balance$/);
  }
});
