/**
 * Values that a careless or broken sender could put into a field, and a day of files to put them into: every field of every
 * layout is tried with what its kind of value invites, at the very ends of its range and beyond, and with what belongs in no
 * field at all.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { recogniseFile } from '../../adapters/clearing-files/file-name';
import type { DbfField, Layout, NumberRange, TextColumn } from '../../adapters/clearing-files/layouts/layout';
import { shanghaiLayouts } from '../../adapters/clearing-files/layouts/shanghai';
import { scaledText } from '../../domain/scaled';
import { DbfBytes } from '../adapters/clearing-files/dbf-bytes';
import { DAYS_A, type DayFiles } from './days-of-verbs';
import { FaultyDay, type DbfRow } from './faulty-day';

export const HOSTILE_DATE = '2025-06-26';

/** Bytes for one field of one row. `row` counts from 1. */
export interface HostileValue {
  readonly file: string;
  readonly row: number;
  readonly field: string;
  readonly bytes: Buffer;
}

type Field = DbfField | TextColumn;

/** What is tried in a field, as bytes without padding; what does not fit the field is left out. */
export function hostileBytes(field: Field): readonly Buffer[] {
  const texts = [...numbersFor(field), ...everywhere, ...codesOf(field)];
  const bytes = [...new Set(texts)].map((text) => Buffer.from(text, 'latin1'));
  const raw = [[0x00], [0x41, 0x00, 0x42], [0x09], [0x0a], [0x7f], [0xff, 0x41], [0xd6], [0xaa, 0xa1]].map((one) =>
    Buffer.from(one),
  );
  const chinese = Buffer.from('d6d0b9fa'.repeat(20), 'hex');
  const wide = 'length' in field ? [chinese.subarray(0, field.length - (field.length % 2))] : [chinese, longText];
  const most = 'length' in field ? field.length : Number.POSITIVE_INFINITY;
  return [...bytes, ...raw, ...wide].filter(({ length }) => length <= most);
}

const longText = Buffer.alloc(5_000, 'x');

const everywhere = [
  ...['', '0', '-1', '1', '-0', '0.00000', '0.00001', '00.96168', '1.23456', '99999.99999', '+1', '1e9', 'NaN', '0x1F'],
  ...['00000000', '20250230', '20251301', '19000101', '20140101', '20991231', '99991231', '2025-02-30', '2014-01-01'],
  ...['000000', '235959', '240000', '256199', ' 1', 'X', '"', '""', "'", '\\', ';', '|', ',', 'A"B', '%s', '$1', '--'],
  ...['9'.repeat(8), '9'.repeat(14), '9'.repeat(16), '9'.repeat(18), '9'.repeat(40), `-${'9'.repeat(15)}.99`],
];

/** The ends of a number's range and what lies just beyond them. */
function numbersFor(field: Field): readonly string[] {
  const forms = [field.form, ...(field.formWhen ?? []).map(({ form }) => form)];
  const ranges: { readonly range: NumberRange; readonly decimals: number }[] = [
    ...(field.range === undefined ? [] : [{ range: field.range, decimals: field.decimals }]),
    ...forms.flatMap((form) => (form?.kind === 'number' ? [form] : [])),
  ];
  return ranges.flatMap(({ range: { least, most }, decimals }) =>
    [most, least, 0n, 1n, -1n, most - 1n, least + 1n, most + 1n, least - 1n].map((value) =>
      scaledText(value, decimals),
    ),
  );
}

const codesOf = ({ codes = [], codesWhen = [] }: Field): readonly string[] => [
  ...codes,
  ...codesWhen.flatMap((one) => one.codes),
];

/** Files of the day in memory, by name, with their rows counted. */
export interface SpoilableFile {
  readonly name: string;
  readonly layout: Layout;
  readonly part?: string;
  readonly bytes: Buffer;
  readonly rows: number;
}

/** The files of a day, ready to be spoiled. */
export function spoilable(files: DayFiles): readonly SpoilableFile[] {
  return [...files].map(([name, where]) => {
    const { layout, part } = recogniseFile(name, shanghaiLayouts.layouts)!;
    const bytes = readFileSync(where);
    const rows =
      layout.format === 'dbf' ? bytes.readUInt32LE(4) : linesIn(bytes).length - (layout.format === 'csv' ? 2 : 1);
    return { name, layout, ...(part === undefined ? {} : { part }), bytes, rows };
  });
}

export const fieldsOf = (layout: Layout): readonly Field[] =>
  layout.format === 'dbf' ? layout.fields : layout.columns;

const linesIn = (bytes: Buffer) => bytes.toString('latin1').split('\r\n');

/** Rows in which the field is filled as the day was published: there its value is used. All rows where none is. */
export function rowsUsing(file: SpoilableFile, field: string): readonly number[] {
  const all = Array.from({ length: file.rows }, (_, index) => index + 1);
  const valueIn = filled(file, field);
  const used = all.filter((row) => valueIn(row) !== '');
  return used.length > 0 ? used : all;
}

function filled({ layout, bytes }: SpoilableFile, field: string): (row: number) => string {
  if (layout.format === 'dbf') {
    const reading = new DbfBytes(bytes);
    return (row) => reading.get(row, field);
  }
  const lines = linesIn(bytes);
  const cell = layout.columns.findIndex(({ name }) => name === field);
  return layout.format === 'csv' ? (row) => lines[row]!.split(',')[cell]! : (row) => lines[row - 1]!.split('|')[cell]!;
}

/** The file with these values in it. */
export function spoiled(file: SpoilableFile, values: readonly HostileValue[]): Buffer {
  const { layout } = file;
  if (layout.format === 'dbf') {
    const spoiling = new DbfBytes(Buffer.from(file.bytes));
    for (const { row, field, bytes } of values) {
      const { type, length } = layout.fields.find(({ name }) => name === field)!;
      const padding = type === 'N' ? Buffer.alloc(length - bytes.length, ' ') : Buffer.alloc(0);
      spoiling.put(row, field, [...padding, ...bytes]);
    }
    return spoiling.bytes;
  }
  const lines = linesIn(file.bytes);
  const [separator, before] = layout.format === 'csv' ? [',', 0] : ['|', -1];
  for (const { row, field, bytes } of values) {
    const cells = lines[row + before]!.split(separator);
    cells[layout.columns.findIndex(({ name }) => name === field)] = bytes.toString('latin1');
    lines[row + before] = cells.join(separator);
  }
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/**
 * 26 June with more in it than was published, so that what a notice says is used on its very day: each of the 26 dividend rows
 * is of an event of its own with a notice of its own, and every security that is traded is split on that day. A bank line, a deposit and
 * an election each, where the day has few.
 */
export async function hostileDay(folder: string): Promise<DayFiles> {
  const day = await FaultyDay.read(path.join(DAYS_A, HOSTILE_DATE));
  const [dividend, , takeover] = (await noticesOf('2025-06-23')).slice(1);
  const [split, , meeting, resolution] = (await noticesOf('2025-06-24')).slice(1);
  const notices = day.rows('hk_tzxx');
  const add = (notice: DbfRow | undefined, changes: DbfRow) =>
    notices.push({ ...notice, TZRQ: '20250626', ...changes });
  const dividends = day.rows('hk_jsmx').filter(({ YWLX }) => YWLX === 'H54');
  dividends.forEach((row, nth) => {
    row['SQBH'] = `DIVD${100 + nth}`;
    add(dividend, { FZDM1: `DIVD${100 + nth}` });
  });
  const traded = day.rows('hk_jsmx').flatMap(({ YWLX, ZQDM1 }) => (YWLX === 'H01' ? [ZQDM1 as string] : []));
  for (const [nth, code] of [...new Set(traded)].entries()) {
    add(split, {
      ZQDM: code,
      RQ1: '20250626',
      BY: `SPLT${100 + nth}`,
      FZDM1: `029${10 + nth}`,
      FZDM2: `029${40 + nth}`,
    });
    add(takeover, { ZQDM: code, FZDM1: `TKOV${100 + nth}` });
  }
  for (let nth = 0; nth < 3; nth += 1) {
    add(meeting, { FZDM1: `MEET${100 + nth}` });
    add(resolution, { FZDM1: `MEET${100 + nth}` });
  }
  const replies = day.rows('HK_YWHB');
  const [reply] = await rowsOf('2025-06-25', 'HK_YWHB');
  for (let nth = 0; nth < 20; nth += 1) replies.push({ ...reply!, FSRQ: '20250626', SBBH: `SB${1000 + nth}` });
  const elections = day.lines('elections');
  for (let nth = 0; nth < 9; nth += 1) {
    elections.push({
      filing_no: `EL${100 + nth}`,
      business: 'H63',
      securities_account: 'A900000001',
      code: '08005',
      event: 'TKOV101',
      quantity: '1',
      time: '101500',
    });
  }
  return day.write(folder);
}

const noticesOf = (date: string) => rowsOf(date, 'hk_tzxx');

async function rowsOf(date: string, beginning: string): Promise<readonly DbfRow[]> {
  return (await FaultyDay.read(path.join(DAYS_A, date))).rows(beginning);
}
