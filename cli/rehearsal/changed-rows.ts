/**
 * The records that the files of a variant have otherwise than the clean day's: the faulty rows, and those that follow them
 * (totals, balances). Nothing is checked here; that is the product's work.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import type { DaysFolder, Overlay } from './days-folder';

/** One record by field, texts without padding. The fields of an exchange text file are named by their place, from 0. */
export type FileRecord = Readonly<Record<string, string>>;

export interface ChangedRow {
  /** `hk_jsmx`, `bank_client` ...: the name of the file without date, part and version. */
  readonly kind: string;
  readonly record: FileRecord;
}

const HEADER = { lengthAt: 8, recordLengthAt: 10, fieldsAt: 32, fieldBytes: 32, nameBytes: 11, widthAt: 16 };
const END_OF_FIELDS = 0x0d;
const DELETED = 0x2a;
const KIND = /^(hk_[a-z]+|hkexclpr04|reff04|bank_[a-z]+|counter_[a-z]+|elections)/i;
const VERSION = /_v(\d+)(?=\.[a-z]+$)/i;

/**
 * Of each file of the variant the newest version that should be taken, against the clean day's: records that only one of the
 * two has. A file that should be refused, or is not there, has none: nothing rests on it.
 */
export function changedRows(folder: DaysFolder, overlay: Overlay): readonly ChangedRow[] {
  const taken = [...overlay.replaces, ...overlay.adds].filter((name) => !overlay.refused.includes(name));
  const newest = new Map<string, string>();
  for (const name of [...taken].sort((one, other) => versionOf(one) - versionOf(other))) {
    newest.set(name.replace(VERSION, '').toLowerCase(), name);
  }
  return [...newest].flatMap(([plain, name]) => {
    const kind = KIND.exec(plain)?.[1];
    if (kind === undefined) return [];
    const before = recordsOf(path.join(folder.folder, overlay.day, name.replace(VERSION, '')));
    const after = recordsOf(path.join(overlay.folder, name));
    return [...without(before, after), ...without(after, before)].map((record) => ({ kind, record }));
  });
}

const versionOf = (name: string): number => Number(VERSION.exec(name)?.[1] ?? '1');

/** Records of the first list that the second has not, each as often as it stands there too often. */
function without(records: readonly FileRecord[], others: readonly FileRecord[]): readonly FileRecord[] {
  const count = new Map<string, number>();
  for (const record of others) count.set(textOf(record), (count.get(textOf(record)) ?? 0) + 1);
  return records.filter((record) => {
    const left = count.get(textOf(record)) ?? 0;
    count.set(textOf(record), left - 1);
    return left <= 0;
  });
}

const textOf = (record: FileRecord): string =>
  JSON.stringify(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));

/** The live records of a dBase, CSV or exchange file. A file that is not there, or cannot be read as one, has none. */
export function recordsOf(file: string): readonly FileRecord[] {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  if (file.toLowerCase().endsWith('.dbf')) return dbfRecords(bytes);
  const lines = iconv.decode(bytes, 'gbk').trimEnd().split(/\r?\n/);
  if (!file.toLowerCase().endsWith('.csv')) return lines.map(placed);
  const [head = '', ...rows] = lines;
  const columns = head.split(',');
  return rows.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, trimmed(cells[index] ?? '')]));
  });
}

function dbfRecords(bytes: Buffer): FileRecord[] {
  if (bytes.length < HEADER.fieldsAt) return [];
  const headerLength = bytes.readUInt16LE(HEADER.lengthAt);
  const recordLength = bytes.readUInt16LE(HEADER.recordLengthAt);
  if (recordLength === 0) return [];
  const fields: { readonly name: string; readonly at: number; readonly width: number }[] = [];
  let at = 1;
  for (let place = HEADER.fieldsAt; place + HEADER.fieldBytes < headerLength; place += HEADER.fieldBytes) {
    if (bytes[place] === END_OF_FIELDS) break;
    const [name = ''] = bytes.toString('latin1', place, place + HEADER.nameBytes).split('\0');
    const width = bytes[place + HEADER.widthAt] ?? 0;
    fields.push({ name, at, width });
    at += width;
  }
  const records: FileRecord[] = [];
  for (let start = headerLength; start + recordLength <= bytes.length; start += recordLength) {
    if (bytes[start] === DELETED) continue;
    const cell = (from: number, width: number) => bytes.subarray(start + from, start + from + width);
    const entries = fields.map((field) => [field.name, trimmed(iconv.decode(cell(field.at, field.width), 'gbk'))]);
    records.push(Object.fromEntries(entries) as FileRecord);
  }
  return records;
}

const placed = (line: string): FileRecord =>
  Object.fromEntries(line.split('|').map((cell, index) => [String(index), trimmed(cell)]));

const trimmed = (text: string): string => text.trim();
