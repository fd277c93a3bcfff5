/** Folders of days and variants as given on the command line: what is not one is told in one sentence. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { clockBefore, daysBetween, readDaysFolder, readOverlay } from '../../cli/rehearsal/days-folder';

const SAMPLES = path.join(__dirname, '../../samples');
const samples = readDaysFolder(path.join(SAMPLES, 'days-a'));

let place: string;
beforeEach(() => (place = mkdtempSync(path.join(os.tmpdir(), 'days-'))));
afterEach(() => rmSync(place, { recursive: true }));

test('days are the folders with a date for a name, in order', () => {
  expect(samples.days).toEqual([
    '2025-06-23',
    '2025-06-24',
    '2025-06-25',
    '2025-06-26',
    '2025-06-27',
    '2025-06-30',
    '2025-07-02',
  ]);
});

test('no folder, no day, no opening state', () => {
  expect(() => readDaysFolder(path.join(place, 'none'))).toThrow('There is no folder');
  expect(() => readDaysFolder(place)).toThrow('named by a date');
  mkdirSync(path.join(place, '2025-06-23'));
  expect(() => readDaysFolder(place)).toThrow('no folder static');
});

test.each([
  { why: 'a range, both ends included', from: '2025-06-26', to: '2025-06-30', days: 3 },
  { why: 'ends that are no days of the folder', from: '2025-06-28', to: '2025-07-01', days: 1 },
  { why: 'from the first', from: undefined, to: '2025-06-23', days: 1 },
  { why: 'to the last', from: '2025-07-02', to: undefined, days: 1 },
])('$why', ({ from, to, days }) => {
  expect(daysBetween(samples, from, to)).toHaveLength(days);
});

test('a range that holds no day', () => {
  expect(() => daysBetween(samples, '2025-06-28', '2025-06-29')).toThrow('holds no day from 2025-06-28 to 2025-06-29');
  expect(() => daysBetween(samples, '2025-06-27', '2025-06-26')).toThrow('holds no day');
});

test('a variant names its day; one of another folder is refused', () => {
  const overlay = readOverlay(path.join(SAMPLES, 'faults-a/missing_file'), samples);
  expect(overlay).toMatchObject({ day: '2025-06-26', books: 'held', refused: [] });
  expect(() => readOverlay(place, samples)).toThrow('it has no expect.json');
  writeFileSync(path.join(place, 'expect.json'), JSON.stringify({ base: 'days-b/2024-12-31' }));
  expect(() => readOverlay(place, samples)).toThrow('is a variant of 2024-12-31');
});

test('before the first day the clock stands on the evening before, in Shanghai', () => {
  expect(clockBefore(samples.days[0]!)).toBe('2025-06-22T15:59:00.000Z');
});
