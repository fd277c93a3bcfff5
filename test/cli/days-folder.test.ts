/** Folders of days and variants as given on the command line: what is not one is told in one sentence. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  clockBefore,
  daysBetween,
  expectedFigures,
  lastArrivalOf,
  readDaysFolder,
  readOverlay,
} from '../../cli/rehearsal/days-folder';

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
});

describe('a variant that is none', () => {
  const expectation = {
    base: 'days-a/2025-06-26',
    replaces: [],
    adds: [],
    removes: [],
    refused: [],
    findings: [],
    books: 'held',
  };
  test.each([
    { why: 'no expect.json', text: undefined, told: 'it has no expect.json' },
    { why: 'no JSON', text: '{ "base": ', told: 'is not valid JSON' },
    { why: 'a list', text: '[]', told: 'is not in the form of a variant (samples/README.md): .' },
    {
      why: 'all members that are missing or of another kind, at once',
      text: JSON.stringify({
        ...expectation,
        base: 7,
        refused: undefined,
        books: 'other',
        findings: [{ class: 'EMPTY_FILE' }],
      }),
      told: 'base, refused, findings.0.file, books',
    },
    {
      why: 'another day',
      text: JSON.stringify({ ...expectation, base: 'days-b/2024-12-31' }),
      told: 'is a variant of 2024-12-31',
    },
    {
      why: 'no date at all',
      text: JSON.stringify({ ...expectation, base: 'days-a/monday' }),
      told: 'is a variant of monday',
    },
    {
      why: 'files that it names and does not hold',
      text: JSON.stringify({ ...expectation, replaces: ['hk_zqye20250626.dbf'], adds: ['hk_zqbd20250626_v2.dbf'] }),
      told: 'lacks files that its expect.json names: hk_zqye20250626.dbf, hk_zqbd20250626_v2.dbf',
    },
  ])('$why', ({ text, told }) => {
    if (text !== undefined) writeFileSync(path.join(place, 'expect.json'), text);
    expect(() => readOverlay(place, samples)).toThrow(told);
  });
});

describe('when the last file of a day comes', () => {
  const arrivals = (folder: string, lines: string) => writeFileSync(path.join(folder, 'arrivals.csv'), lines);

  test('as the table of the day says; as that of the variant, where it has one', () => {
    expect(lastArrivalOf(samples, samples.days[3]!, undefined)).toBe('2025-06-26T10:45:40.000Z');
    const resent = readOverlay(path.join(SAMPLES, 'faults-a/resend_correction'), samples);
    expect(lastArrivalOf(samples, resent.day, resent) > '2025-06-26T11:30:00.000Z').toBe(true);
    expect(lastArrivalOf(samples, samples.days[4]!, resent)).toBe(lastArrivalOf(samples, samples.days[4]!, undefined));
  });

  test('it may be the next morning', () => {
    arrivals(place, 'file,arrived_at,version\r\nhk_zqbd20250626.dbf,2025-06-27 02:30:00,1\r\n');
    const late = {
      ...readOverlay(path.join(SAMPLES, 'faults-a/missing_file'), samples),
      folder: place,
      adds: ['arrivals.csv'],
    };
    expect(lastArrivalOf(samples, late.day, late)).toBe('2025-06-26T18:30:00.000Z');
  });

  test('no table, and a time that is none', () => {
    const days = { ...samples, folder: place };
    mkdirSync(path.join(place, '2025-06-26'));
    expect(() => lastArrivalOf(days, samples.days[3]!, undefined)).toThrow('has no arrivals.csv');
    arrivals(path.join(place, '2025-06-26'), 'file,arrived_at,version\nx.dbf,later,1\n');
    expect(() => lastArrivalOf(days, samples.days[3]!, undefined)).toThrow('in line 1 of');
    arrivals(path.join(place, '2025-06-26'), 'file,version\nx.dbf,1\n');
    expect(() => lastArrivalOf(days, samples.days[3]!, undefined)).toThrow('in line 1 of');
  });
});

test('expected figures that are no JSON', () => {
  const days = { ...samples, folder: place };
  mkdirSync(path.join(place, '2025-06-26'));
  expect(expectedFigures(days, samples.days[3]!)).toBeUndefined();
  writeFileSync(path.join(place, '2025-06-26', 'expected.json'), '{');
  expect(() => expectedFigures(days, samples.days[3]!)).toThrow('is not valid JSON');
});

test('before the first day the clock stands on the evening before, in Shanghai', () => {
  expect(clockBefore(samples.days[0]!)).toBe('2025-06-22T15:59:00.000Z');
});
