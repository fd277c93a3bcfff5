/** A day on its own files: every figure is compared, and what is held is named with its cause. */
import path from 'node:path';
import type { DayReport } from '../../cli/rehearsal/api-answers';
import { expectedFigures, readDaysFolder } from '../../cli/rehearsal/days-folder';
import { compareDay } from '../../cli/rehearsal/results';

const folder = readDaysFolder(path.join(__dirname, '../../samples/days-a'));
const date = folder.days[1]!;
const asExpected = (held: Readonly<Record<string, string>>): DayReport => ({
  ...(expectedFigures(folder, date) as object),
  date,
  workflowId: `settlement-day:SH:${date}`,
  held,
});

test('a day as expected', () => {
  expect(compareDay(folder, date, asExpected({}))).toMatchObject({ differ: 0, differences: [], remarks: [] });
});

test('a section that is held differs, and is told with what holds it, each cause once', () => {
  const cause = 'missing hk_zqbd20250624.dbf; missing hk_zqbd20250624.dbf';
  const { riskMoney: _, ...rest } = asExpected({ riskMoney: cause });
  const outcome = compareDay(folder, date, rest);
  expect(outcome!.differ).toBeGreaterThan(0);
  expect(outcome!.differences.every((line) => line.startsWith(`${date} riskMoney.`))).toBe(true);
  expect(outcome!.remarks).toEqual([`${date} 暂停 held: riskMoney: missing hk_zqbd20250624.dbf`]);
});

test('a day that the folder expects nothing of', () => {
  expect(compareDay({ ...folder, folder: path.join(folder.folder, 'static') }, date, asExpected({}))).toBeUndefined();
});
