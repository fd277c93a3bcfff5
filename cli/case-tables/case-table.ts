/** A table of cases: its columns, how its lines are read, and the rule that answers them. */
import { isUtf8 } from 'node:buffer';
import type { Info } from 'csv-parse';
import { CsvError, parse } from 'csv-parse/sync';
import { parseBusinessDate, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { parseAmount } from '../../domain/money';
import { parseScaled } from '../../domain/scaled';
import type { ReferenceRows } from '../../prisma/reference';

/** What a rule answers for one line: a text for each expected column; a column left away is empty. */
export type Answer = Readonly<Record<string, string>>;

/** A kind of case table that we have the rule for, known by its file name. */
export interface CaseTable {
  /** File name without `.csv`. */
  readonly name: string;
  readonly given: readonly string[];
  readonly expected: readonly string[];
  /** Long form: the lines of one case number are answered together. Otherwise a case number stands once. */
  readonly linesPerCase: 'one' | 'many';
  /** One answer for each line. */
  readonly answer: (lines: readonly CaseLine[], reference: ReferenceRows) => readonly Answer[];
}

/** One line of a table; every reader refuses what is not in its form with CASE_TABLE_MALFORMED. */
export interface CaseLine {
  readonly case: string;
  readonly line: number;
  readonly text: (column: string) => string;
  /** Money with two decimals, in hundredths. */
  readonly amount: (column: string) => bigint;
  /** A decimal number with at most so many decimals, scaled. */
  readonly scaled: (column: string, decimals: number) => bigint;
  /** A count from 0 on. */
  readonly count: (column: string) => number;
  readonly date: (column: string) => BusinessDate;
  readonly oneOf: <T extends string>(column: string, values: readonly T[]) => T;
  /** The parts of a list, `;` between them; an empty field is an empty list. */
  readonly list: (column: string) => readonly string[];
  /** `Y` or `N`. */
  readonly yes: (column: string) => boolean;
  /** The value read by `read`, or null where the field is empty. */
  readonly orNull: <T>(column: string, read: (column: string) => T) => T | null;
  /** Refuses the line. */
  readonly malformed: (reason: string) => BusinessError;
}

/**
 * The lines of a table's file: UTF-8, one header line, fields taken as they stand.
 * @throws BusinessError CASE_TABLE_MALFORMED with table and line
 */
export function readCaseLines(table: CaseTable, bytes: Uint8Array): CaseLine[] {
  const malformed = (line: number, reason: string) =>
    new BusinessError('CASE_TABLE_MALFORMED', { table: table.name, line, reason });
  const [header, ...rows] = recordsOf(bytes, malformed);
  if (header === undefined) throw malformed(1, 'the file has no header line');
  const missing = ['case', ...table.given, ...table.expected].filter((column) => !header.fields.includes(column));
  if (missing.length > 0) throw malformed(1, `missing columns: ${missing.join(', ')}`);
  if (new Set(header.fields).size !== header.fields.length) throw malformed(1, 'a column stands twice');

  const lines = rows.map(({ fields, line }) =>
    caseLine(new Map(header.fields.map((name, i) => [name, fields[i] ?? ''])), line),
  );
  if (table.linesPerCase === 'one') {
    const seen = new Set<string>();
    for (const { case: number, line } of lines) {
      if (seen.has(number)) throw malformed(line, `case ${number} stands twice`);
      seen.add(number);
    }
  }
  return lines;

  function caseLine(values: ReadonlyMap<string, string>, line: number): CaseLine {
    const text = (column: string) => values.get(column) ?? '';
    const read = <T>(column: string, reader: (value: string) => T): T => {
      try {
        return reader(text(column));
      } catch (error) {
        if (error instanceof BusinessError) throw malformed(line, `${column} "${text(column)}": ${error.text.en}`);
        throw error;
      }
    };
    const oneOf = <T extends string>(column: string, known: readonly T[]): T => {
      const found = known.find((value) => value === text(column));
      if (found === undefined) throw malformed(line, `${column} "${text(column)}" is none of ${known.join(', ')}`);
      return found;
    };
    return {
      case: text('case'),
      line,
      text,
      amount: (column) => read(column, (value) => parseAmount(value, column)),
      scaled: (column, decimals) => read(column, (value) => parseScaled(value, decimals)),
      count: (column) => {
        if (!/^\d{1,9}$/.test(text(column))) throw malformed(line, `${column} "${text(column)}" is no count`);
        return Number.parseInt(text(column), 10);
      },
      date: (column) => read(column, parseBusinessDate),
      oneOf,
      list: (column) => (text(column) === '' ? [] : text(column).split(';')),
      yes: (column) => oneOf(column, ['Y', 'N']) === 'Y',
      orNull: (column, reader) => (text(column) === '' ? null : reader(column)),
      malformed: (reason) => malformed(line, reason),
    };
  }
}

/** A table whose lines are answered one by one. */
export const lineByLine =
  (answer: (line: CaseLine, reference: ReferenceRows) => Answer) =>
  (lines: readonly CaseLine[], reference: ReferenceRows): Answer[] =>
    lines.map((line) => answer(line, reference));

/** `Y` or `N`, as the tables write it. */
export const yesOrNo = (value: boolean): string => (value ? 'Y' : 'N');

function recordsOf(
  bytes: Uint8Array,
  malformed: (line: number, reason: string) => BusinessError,
): { readonly fields: readonly string[]; readonly line: number }[] {
  const text = utf8(bytes);
  if (text === undefined) throw malformed(1, 'the file is not UTF-8');
  try {
    // With `info` each record comes with the line on which it ended; the library's types do not say so.
    const records = parse(text, { info: true, skip_empty_lines: true }) as unknown as {
      readonly record: readonly string[];
      readonly info: Info;
    }[];
    return records.map(({ record, info }) => ({ fields: record, line: info.lines }));
  } catch (error) {
    if (error instanceof CsvError) throw malformed(typeof error.lines === 'number' ? error.lines : 1, error.message);
    throw error;
  }
}

/** The text of UTF-8 bytes without a byte order mark, or nothing where they are no UTF-8. */
function utf8(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? new TextDecoder('utf-8').decode(bytes) : undefined;
}
