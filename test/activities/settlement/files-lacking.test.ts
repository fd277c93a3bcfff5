/**
 * A comparison that needs a missing file is not made - also where only one part of the file is missing, and where the file is
 * one of an earlier day: what is wrong there is told on that day, which stays open, and not again as faults of this one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { add } from '../../support/consistent-totals';
import { dayOf, DAYS_A, evening, filesOf, morning, receive, runDay, type DayFiles } from '../../support/days-of-verbs';
import { eveningOf, undoneEveningOf } from '../../support/evenings';
import { FaultyDay } from '../../support/faulty-day';
import { findingsOf, refusedFiles } from '../../support/findings';

const filesWithout = (date: string, beginning: string): DayFiles =>
  new Map([...filesOf(path.join(DAYS_A, date))].filter(([name]) => !name.startsWith(beginning)));
const runWhole = (pool: Pool, date: string) => runDay(pool, dayOf(date), filesOf(path.join(DAYS_A, date)));

const folder = mkdtempSync(path.join(tmpdir(), 'files-lacking-'));
afterAll(() => rmSync(folder, { recursive: true }));
// Made here, so that no test waits for them.
beforeAll(() => eveningOf('2025-06-26'), 240_000);

test.each(['hk_zjbd20250625_1.dbf', 'hk_zjbd20250625_2.dbf'])(
  'without %s the other part is compared with nothing',
  async (missing) => {
    const day = dayOf('2025-06-25');
    await undoneEveningOf('2025-06-24', async ({ pool }) => {
      await morning(pool, day);
      await receive(pool, day, filesWithout('2025-06-25', missing));
      const held = await evening(pool, day);
      expect(await findingsOf(pool, day)).toEqual([{ class: 'MISSING_FILE', file: missing }]);
      expect(await refusedFiles(pool, day)).toEqual([]);
      expect(held['account movements']).toBe(`missing ${missing}`);
    });
  },
);

const earlier: readonly { why: string; before: string; without: string; date: string; then: readonly string[] }[] = [
  {
    why: 'money summaries: what falls due from them is not compared, on either day on which it does',
    before: '2025-06-24',
    without: 'hk_zjhz',
    date: '2025-06-25',
    then: ['2025-06-26', '2025-06-27'],
  },
  {
    why: 'replies to filings: takeover money is not compared with what was accepted',
    before: '2025-06-24',
    without: 'HK_YWHB',
    date: '2025-06-25',
    then: ['2025-06-26', '2025-06-27'],
  },
  {
    why: 'notices: dividends, and the fee that takes their ratio, are not compared',
    before: '2025-06-24',
    without: 'hk_tzxx',
    date: '2025-06-25',
    then: ['2025-06-26'],
  },
  {
    why: 'closing prices of a Friday: the fee of the weekend is not compared',
    before: '2025-06-26',
    without: 'hkexclpr04',
    date: '2025-06-27',
    then: ['2025-06-30'],
  },
  {
    why: 'balances of shares: nothing rolls forward from them',
    before: '2025-06-24',
    without: 'hk_zqye',
    date: '2025-06-25',
    then: ['2025-06-26'],
  },
  {
    why: 'balances of money likewise',
    before: '2025-06-24',
    without: 'hk_zjye',
    date: '2025-06-25',
    then: ['2025-06-26'],
  },
];

test.each(earlier)('an earlier day without its $why', async ({ before, without, date, then }) => {
  await undoneEveningOf(before, async ({ pool }) => {
    const { held } = await runDay(pool, dayOf(date), filesWithout(date, without));
    expect(held['reconciliation']).toMatch(/^missing /);
    for (const next of then) {
      const run = await runWhole(pool, next);
      expect(await findingsOf(pool, dayOf(next))).toEqual([]);
      expect(run.held).toEqual({});
    }
  });
});

test('what does not need the missing summaries is compared all the same', async () => {
  const next = '2025-06-26';
  const faulty = await FaultyDay.read(path.join(DAYS_A, next));
  // Risk money payable on the 27th is of the 26th; what comes back then was announced by the missing summary, and the total of
  // the batch went with it.
  const payable = faulty.rowWith('hk_zjhz', { HZLB: 'J', YWLB: 'FK', ZJZH: 'HKB0000001' });
  const returned = faulty.rowWith('hk_zjhz', { HZLB: 'J', YWLB: 'FKTH', ZJZH: 'HKB0000001' });
  const total = faulty.rowWith('hk_zjhz', { HZLB: 'J', YWLB: 'HJ', ZJZH: 'HKB0000001', PCH: '1' });
  for (const row of [payable, returned, total]) add(faulty.row('hk_zjhz', row), 'JSJE', 100n);
  const files = await faulty.write(mkdtempSync(path.join(folder, 'day-')));
  await undoneEveningOf('2025-06-24', async ({ pool }) => {
    await runDay(pool, dayOf('2025-06-25'), filesWithout('2025-06-25', 'hk_zjhz'));
    await runDay(pool, dayOf(next), files);
    expect(await findingsOf(pool, dayOf(next))).toEqual([
      {
        class: 'CONTROL_TOTAL_MISMATCH',
        file: 'hk_zjhz20250626.dbf',
        row: payable,
        field: 'JSJE',
        fileValue: '-1646982.61',
        computed: '-1646983.61',
      },
    ]);
  });
});
