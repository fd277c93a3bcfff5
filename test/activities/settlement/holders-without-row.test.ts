import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scaledText } from '../../../domain/scaled';
import { followSummary } from '../../support/consistent-totals';
import {
  checkpoints,
  dayOf,
  DAYS_A,
  evening,
  morning,
  receive,
  verbsOf,
  workflowOf,
} from '../../support/days-of-verbs';
import { eveningOf, undoneEveningOf } from '../../support/evenings';
import { FaultyDay, type DbfRow } from '../../support/faulty-day';
import { findingsOf, type NotedFinding } from '../../support/findings';

const folder = mkdtempSync(path.join(tmpdir(), 'holders-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => eveningOf('2025-06-26'), 240_000);

/** What is found of entitlements in the evening of a day whose files a test has changed. */
async function mismatches(
  date: string,
  before: string,
  change: (day: FaultyDay) => void,
): Promise<readonly NotedFinding[]> {
  const faulty = await FaultyDay.read(path.join(DAYS_A, date));
  change(faulty);
  const files = await faulty.write(mkdtempSync(path.join(folder, 'day-')));
  const day = dayOf(date);
  return undoneEveningOf(before, async ({ pool }) => {
    const orders = await morning(pool, day);
    await receive(pool, day, files);
    await checkpoints(pool, day, orders);
    await evening(pool, day);
    const found = await findingsOf(pool, day);
    expect(found.filter(({ class: name }) => name !== 'ENTITLEMENT_MISMATCH')).toEqual([]);
    return found;
  });
}

function withoutRow(day: FaultyDay, business: string, nth: number): DbfRow {
  const rows = day.rows('hk_jsmx');
  const entitled = rows.filter(({ YWLX }) => YWLX === business);
  const [gone] = rows.splice(rows.indexOf(entitled[nth]!), 1);
  followSummary(day);
  return gone!;
}

test.each([
  ['2025-06-26', '2025-06-25', 'H54', 0, 'hk_jsmx20250626.dbf', 'the first of the holders of a dividend'],
  ['2025-06-26', '2025-06-25', 'H54', 25, 'hk_jsmx20250626.dbf', 'the last of them'],
  ['2025-06-27', '2025-06-26', 'H63', 1, 'hk_jsmx20250627.dbf', 'one whose acceptance of a takeover was confirmed'],
] as const)('%s after %s, %s row %i of %s is missing: %s', async (date, before, business, nth, file, _why) => {
  let gone: DbfRow = {};
  const found = await mismatches(date, before, (day) => {
    gone = withoutRow(day, business, nth);
  });
  expect(found).toEqual([
    {
      class: 'ENTITLEMENT_MISMATCH',
      file,
      field: 'WBYSF',
      fileValue: '0.00',
      // What the published row has: quantity of the record date times the amount per share.
      computed: scaledText(gone['WBYSF'] as bigint, 2),
      key: [gone['SQBH'], gone['ZQZH']],
    },
  ]);
});

test('a row of an account that was credited on an earlier day is asked about, whatever it says', async () => {
  const earlier = (await FaultyDay.read(path.join(DAYS_A, '2025-06-26'))).rows('hk_jsmx');
  const again = earlier.find(({ YWLX }) => YWLX === 'H54')!;
  const found = await mismatches('2025-06-27', '2025-06-26', (day) => {
    const rows = day.rows('hk_jsmx');
    const own = rows.find(({ YWLX }) => YWLX === 'H63')!;
    rows.push({ ...again, QSRQ: own['QSRQ']!, JSRQ: own['JSRQ']!, FSRQ: own['FSRQ']! });
    followSummary(day);
  });
  expect(found).toEqual([
    expect.objectContaining({ class: 'ENTITLEMENT_MISMATCH', field: 'ZQZH', value: again['ZQZH'] }),
  ]);
});

test('of a compulsory takeover what was held on the record date is compared, whatever was filed', async () => {
  const told = (await FaultyDay.read(path.join(DAYS_A, '2025-06-24'))).rows('hk_tzxx');
  const offer = told.find(({ FZDM1 }) => FZDM1 === 'TKOV00000001')!;
  const found = await mismatches('2025-06-27', '2025-06-26', (day) => {
    day.rows('hk_tzxx').push({ ...offer, TZRQ: '20250627', LX1: '3', LX2: 'UPD' });
  });
  // Settled on 23 June: 11,000, 8,000 and 10,000 (sample-events.test.ts); 5,500, 8,000 and 6,000 were accepted and cleared.
  expect(found.filter(({ field }) => field === 'SL').map(({ fileValue, computed }) => [fileValue, computed])).toEqual([
    ['5500', '11000'],
    ['6000', '10000'],
  ]);
  // 114,000 x 5.85: nobody told of this holder.
  expect(found).toContainEqual(
    expect.objectContaining({
      field: 'WBYSF',
      fileValue: '0.00',
      computed: '666900.00',
      key: ['TKOV00000001', 'A900000001'],
    }),
  );
});

describe('a dividend of which nothing was cleared', () => {
  // The published dividend on 08002 again and again, each under an event of its own, announced on 26 June, long after its record date.
  // Trading days after 23 June: 24, 25, 26. The third is reached on the evening of the 26th.
  const variants: readonly (readonly [why: string, changes: DbfRow, isOverdue: boolean])[] = [
    ['paid on the 23rd: this is the third trading day', { RQ2: '20250623' }, true],
    ['paid on the 24th: this is the second', { RQ2: '20250624' }, false],
    ['paid on Saturday the 21st', { RQ2: '20250621' }, true],
    ['paid at the end of time', { RQ2: '20991231' }, false],
    ['paid at the beginning of time', { RQ2: '20140101' }, true],
    ['optional: nobody knows who chose cash', { RQ2: '20250623', LX2: 'Y' }, false],
    ['nobody held it on the record date', { RQ2: '20250623', RQ1: '20250101' }, false],
    ['nobody holds the security', { RQ2: '20250623', ZQDM: '08999' }, false],
  ];
  const codeOf = (nth: number) => `DIVD0000001${nth}`;

  test('is asked about from the third trading day after its pay day on, where somebody was to get it', async () => {
    const told = (await FaultyDay.read(path.join(DAYS_A, '2025-06-23'))).rows('hk_tzxx');
    const dividend = told.find(({ FZDM1 }) => FZDM1 === 'DIVD00000001')!;
    let gross = 0n;
    const found = await mismatches('2025-06-26', '2025-06-25', (day) => {
      for (const [nth, [, changes]] of variants.entries())
        day.rows('hk_tzxx').push({ ...dividend, TZRQ: '20250626', FZDM1: codeOf(nth), ...changes });
      gross = day
        .rows('hk_jsmx')
        .filter(({ YWLX }) => YWLX === 'H54')
        .reduce((sum, { WBYSF }) => sum + (WBYSF as bigint), 0n);
    });
    const eventOf = ({ key }: NotedFinding) => (key as readonly string[])[0];
    const asked = new Set(found.map(eventOf));
    expect(variants.map(([why], nth) => [why, asked.has(codeOf(nth))])).toEqual(
      variants.map(([why, , isOverdue]) => [why, isOverdue]),
    );
    // The holders of the published dividend are the holders of each of these.
    for (const one of found)
      expect(one).toEqual({
        class: 'ENTITLEMENT_MISMATCH',
        file: 'hk_jsmx20250626.dbf',
        field: 'SQBH',
        fileValue: '0.00',
        computed: scaledText(gross, 2),
        key: [eventOf(one), 'client'],
      });
  });

  test('it keeps the day open until somebody has decided about it', async () => {
    const faulty = await FaultyDay.read(path.join(DAYS_A, '2025-06-26'));
    const told = (await FaultyDay.read(path.join(DAYS_A, '2025-06-23'))).rows('hk_tzxx');
    const dividend = told.find(({ FZDM1 }) => FZDM1 === 'DIVD00000001')!;
    faulty.rows('hk_tzxx').push({ ...dividend, TZRQ: '20250626', FZDM1: 'DIVD00000009', RQ2: '20250623' });
    const files = await faulty.write(mkdtempSync(path.join(folder, 'day-')));
    const day = dayOf('2025-06-26');
    await undoneEveningOf('2025-06-25', async ({ pool }) => {
      const orders = await morning(pool, day);
      await receive(pool, day, files);
      await checkpoints(pool, day, orders);
      await evening(pool, day);
      const close = () => verbsOf(pool).closeDay({ ...day, workflowId: workflowOf(day) });
      expect(await close()).not.toHaveProperty('closedAt');
    });
  });
});
