/** Which records a variant has otherwise than the clean day: told by what stands in them, not by where they stand. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { changedRows, recordsOf } from '../../cli/rehearsal/changed-rows';
import { readDaysFolder, readOverlay, type Overlay } from '../../cli/rehearsal/days-folder';

const SAMPLES = path.join(__dirname, '../../samples');
const folder = readDaysFolder(path.join(SAMPLES, 'days-a'));
const DAY = path.join(SAMPLES, 'days-a/2025-06-26');
const published = (kind: string) => readOverlay(path.join(SAMPLES, 'faults-a', kind), folder);

let place: string;
beforeEach(() => (place = mkdtempSync(path.join(os.tmpdir(), 'variant-'))));
afterEach(() => rmSync(place, { recursive: true }));

const overlay = (over: Partial<Overlay>): Overlay => ({
  ...published('missing_file'),
  folder: place,
  replaces: [],
  removes: [],
  ...over,
});

test('records are read by field, deleted ones left out; text files by column, exchange files by place', () => {
  const trades = recordsOf(path.join(SAMPLES, 'faults-a/one_cent_row/hk_jsmx20250626.dbf'));
  expect(trades[71]).toMatchObject({ YWLX: 'H01', ZQZH: 'A900000022', ZQDM1: '08009', YSFJE: '-64312.04' });
  const bytes = readFileSync(path.join(DAY, 'hk_zjye20250626.dbf'));
  bytes[bytes.readUInt16LE(8)] = 0x2a;
  writeFileSync(path.join(place, 'hk_zjye20250626.dbf'), bytes);
  expect(recordsOf(path.join(place, 'hk_zjye20250626.dbf')).map(({ ZJZH }) => ZJZH)).toEqual([
    'HKF0000001',
    'HKZ0000001',
    'HKF0000002',
  ]);
  expect(recordsOf(path.join(DAY, 'counter_cash_20250626.csv'))[0]).toEqual({
    fund_account: '6000000008',
    time: '091000',
    amount: '121846.01',
  });
  expect(recordsOf(path.join(DAY, 'hkexclpr04_20250626.txt'))[0]).toHaveProperty('2');
});

test.each([
  { why: 'is not there', bytes: undefined },
  { why: 'is empty', bytes: Buffer.alloc(0) },
  { why: 'ends in its header', bytes: Buffer.from([3, 125, 6, 26, 9, 0, 0, 0]) },
  { why: 'says that its records have no length', bytes: Buffer.concat([Buffer.from([3]), Buffer.alloc(60)]) },
])('a file that $why has no records', ({ bytes }) => {
  const file = path.join(place, 'hk_zqye20250626.dbf');
  if (bytes !== undefined) writeFileSync(file, bytes);
  expect(recordsOf(file)).toEqual([]);
});

test('one cent: the row and the totals that follow it, as they were and as they are', () => {
  const rows = changedRows(folder, published('one_cent_row'));
  const trades = rows.filter(({ kind }) => kind === 'hk_jsmx').map(({ record }) => record['YSFJE']);
  expect(trades).toEqual(['-64312.03', '-64312.04']);
  expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['hk_jsmx', 'hk_zjhz']));
});

test('an unknown account concerns also the client of the clean row', () => {
  const rows = changedRows(folder, published('unknown_account'));
  expect(rows.map(({ record }) => record['ZQZH'])).toEqual(['A900000038', 'A999999999']);
});

test('what is refused or not there changes nothing that is posted', () => {
  for (const kind of ['truncated_file', 'duplicate_row', 'wrong_control_total', 'missing_file', 'bad_gbk']) {
    expect(changedRows(folder, published(kind))).toEqual([]);
  }
});

test('of several versions the newest that should be taken counts: resent as the clean one, nothing is changed', () => {
  const rows = changedRows(folder, published('resend_correction'));
  expect(rows).toEqual([]);
});

test('another order of rows is no change; a row twice is one', () => {
  const name = 'counter_cash_20250626.csv';
  const [head = '', first = '', ...rest] = readFileSync(path.join(DAY, name), 'latin1').trimEnd().split('\r\n');
  writeFileSync(path.join(place, name), [head, ...rest, first, ''].join('\r\n'));
  expect(changedRows(folder, overlay({ replaces: [name] }))).toEqual([]);
  writeFileSync(path.join(place, name), [head, ...rest, first, first, ''].join('\r\n'));
  expect(changedRows(folder, overlay({ replaces: [name] }))).toEqual([
    { kind: 'counter_cash', record: { fund_account: '6000000008', time: '091000', amount: '121846.01' } },
  ]);
});

test('a name in other letters is the same file; a file of no known kind has no rows', () => {
  cpSync(path.join(DAY, 'hk_zjye20250626.dbf'), path.join(place, 'hk_zjye20250626_v2.dbf'));
  writeFileSync(path.join(place, 'notes.txt'), 'nothing');
  expect(changedRows(folder, overlay({ adds: ['hk_zjye20250626_v2.dbf', 'notes.txt'] }))).toEqual([]);
});
