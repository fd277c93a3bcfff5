/**
 * Whom a faulty row concerns: the words of the record in the clean and in the faulty file, recognised as clients,
 * securities and accounts of the opening state. Nothing is checked here; that is the product's work.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SIDES, type Side } from '../../domain/channel';
import type { DaysFolder, Overlay } from './days-folder';

export interface Concerned {
  /** Fund accounts and securities accounts, also ones that are not ours. */
  readonly accounts: ReadonlySet<string>;
  readonly securities: ReadonlySet<string>;
  readonly sides: ReadonlySet<Side>;
}

const HEADER = { headerLengthAt: 8, recordLengthAt: 10, firstFieldAt: 32, fieldBytes: 32, lengthAt: 16 };
const ACCOUNT = /^[A-Z]?\d{9,10}$/;
const SECURITY = /^\d{5}$/;
const END_OF_FIELDS = 0x0d;

/** What the rows of a variant's findings concern, in the faulty file and in the clean one that it replaces. */
export function concernedBy(folder: DaysFolder, overlay: Overlay): Concerned {
  const words = new Set<string>();
  for (const { file, row } of overlay.findings) {
    if (typeof row !== 'number') continue;
    for (const place of [path.join(overlay.folder, file), path.join(folder.folder, overlay.day, file)]) {
      for (const word of recordWords(place, row)) words.add(word);
    }
  }
  const clients = csvRows(path.join(folder.opening, 'clients.csv'));
  const mine = clients.filter(
    (row) => words.has(row['fund_account'] ?? '') || words.has(row['securities_account'] ?? ''),
  );
  const own = csvRows(path.join(folder.opening, 'opening_accounts.csv')).filter((row) =>
    words.has(row['account'] ?? ''),
  );
  const letters = new Set([...mine, ...own].map((row) => row['side']));
  return {
    accounts: new Set([
      ...[...words].filter((word) => ACCOUNT.test(word)),
      ...mine.flatMap((row) => [row['fund_account'] ?? '', row['securities_account'] ?? '']),
    ]),
    securities: new Set([...words].filter((word) => SECURITY.test(word))),
    sides: new Set(SIDES.filter((side) => letters.has(side === 'client' ? 'C' : 'P'))),
  };
}

/** The fields of one record of a DBF or CSV file as texts; record 1 is the first after the header. */
export function recordWords(file: string, row: number): string[] {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  if (!file.toLowerCase().endsWith('.dbf')) {
    const line = bytes.toString('latin1').split(/\r?\n/)[row] ?? '';
    return wordsOf(line.split(/[,|]/));
  }
  const headerLength = bytes.readUInt16LE(HEADER.headerLengthAt);
  const start = headerLength + (row - 1) * bytes.readUInt16LE(HEADER.recordLengthAt);
  const fields: string[] = [];
  let at = start + 1;
  for (
    let field = HEADER.firstFieldAt;
    field < headerLength && bytes[field] !== END_OF_FIELDS;
    field += HEADER.fieldBytes
  ) {
    const length = bytes[field + HEADER.lengthAt] ?? 0;
    fields.push(bytes.subarray(at, at + length).toString('latin1'));
    at += length;
  }
  return wordsOf(fields);
}

const wordsOf = (fields: readonly string[]): string[] =>
  fields.map((field) => field.trim()).filter((word) => word !== '');

/** Columns that are plain ASCII; names of clients are not looked at. */
function csvRows(file: string): Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = readFileSync(file, 'latin1').trim().split(/\r?\n/);
  const columns = head.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
  });
}
