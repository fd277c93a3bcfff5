import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../../domain/clearing-files/finding';
import { readWhole } from '../../../adapters/clearing-files/read-file';
import { shanghaiLayouts } from '../../../adapters/clearing-files/layouts/shanghai';
import {
  fieldsOf,
  HOSTILE_DATE,
  hostileBytes,
  hostileDay,
  spoilable,
  spoiled,
  type HostileValue,
  type SpoilableFile,
} from '../../support/hostile-values';
import { day, temporaryFolder } from './dbf-bytes';

const folder = temporaryFolder();
let files: readonly SpoilableFile[];

beforeAll(async () => {
  const written = join(folder, 'day');
  mkdirSync(written);
  const notices = `settlement_notices_${HOSTILE_DATE.replaceAll('-', '')}.csv`;
  writeFileSync(join(written, notices), NOTICES.join('\r\n'));
  const day = new Map(await hostileDay(written)).set(notices, join(written, notices));
  files = spoilable(day).map(thinned);
});

const NOTICES = [
  'date,notice_no,act,from_date,to_date,cause,trade_no,words',
  '20250626,CSDC-2025-17,POSTPONE,20250626,20250627,typhoon,,signal 8',
  '20250626,CSDC-2025-18,WITHDRAW,20250626,20250627,,,signal lowered',
  '20250626,CSDC-2025-19,CANCEL,20250625,,,T1,cancelled by the exchange',
  '',
];

/** Each field is spoiled in one row, and its neighbours stand in others; a file is read once for each value, and each row of it costs as much as the spoiled one. */
const ROWS = 20;

/** The file with rows from all over it, no more than are needed. */
function thinned(file: SpoilableFile): SpoilableFile {
  const { layout, bytes } = file;
  if (file.rows <= ROWS) return file;
  const kept = Array.from({ length: ROWS }, (_, nth) => Math.floor((nth * file.rows) / ROWS));
  if (layout.format !== 'dbf') {
    const [head = '', ...lines] = bytes.toString('latin1').split('\r\n');
    const rows = kept.map((at) => lines[at]!);
    return { ...file, bytes: Buffer.from([head, ...rows, ''].join('\r\n'), 'latin1'), rows: ROWS };
  }
  const [headLength, length] = [bytes.readUInt16LE(8), bytes.readUInt16LE(10)];
  const head = Buffer.from(bytes.subarray(0, headLength));
  head.writeUInt32LE(ROWS, 4);
  const rows = kept.map((at) => bytes.subarray(headLength + at * length, headLength + (at + 1) * length));
  return { ...file, bytes: Buffer.concat([head, ...rows, Buffer.from([0x1a])]), rows: ROWS };
}

it('every number has its range, every text of a line its length', () => {
  for (const layout of shanghaiLayouts.layouts) {
    for (const field of fieldsOf(layout)) {
      const isNumber = field.type === 'N' || field.type === 'number';
      expect([layout.kind, field.name, field.range !== undefined]).toEqual([layout.kind, field.name, isNumber]);
      if (field.range !== undefined) expect(field.range.most >= field.range.least).toBe(true);
      if (field.type === 'text') expect([layout.kind, field.name, 'mostCharacters' in field]).toContain(true);
    }
  }
});

const kinds = shanghaiLayouts.layouts.map(({ kind }) => kind);

/** Another row for each field, the first and the last among them: what is found must name the very row. */
const rowFor = (nth: number, { rows }: SpoilableFile) => (nth === 0 ? rows : (((nth - 1) * 7) % rows) + 1);

async function findingsIn(file: SpoilableFile, values: readonly HostileValue[]): Promise<readonly Finding[]> {
  const where = join(folder, file.name);
  writeFileSync(where, spoiled(file, values));
  const options = { businessDate: day(HOSTILE_DATE), ...(file.part === undefined ? {} : { part: file.part }) };
  return (await readWhole(where, file.layout, options)).findings;
}

/** The place of the value: its row, or the row that it now repeats; a row that every file has may be missing now. */
const isAt = (found: Finding, { row, field }: HostileValue) =>
  found.row === row || found.firstRow === row || (found.row === undefined && found.field === field);

it.each(kinds)('%s: a hostile value is refused where it stands, or the file is taken', async (kind) => {
  const ofKind = files.filter(({ layout }) => layout.kind === kind);
  expect(ofKind).not.toEqual([]);
  for (const file of ofKind) {
    expect(await findingsIn(file, [])).toEqual([]);
    for (const [nth, field] of fieldsOf(file.layout).entries()) {
      for (const bytes of hostileBytes(field)) {
        const value = { file: file.name, row: rowFor(nth, file), field: field.name, bytes };
        const elsewhere = (await findingsIn(file, [value])).filter((found) => !isAt(found, value));
        if (elsewhere.length > 0) throw new Error(JSON.stringify({ ...value, bytes: bytes.toString(), elsewhere }));
      }
    }
  }
});
