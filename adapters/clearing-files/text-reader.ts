/**
 * Reads the text files: the broker's own CSV and the exchange's lines with `|`.
 *
 * The same batches and the same classes as for dBase files; `row` is the line of data from 1, the header line not counted.
 * Fields are taken as they are, blanks and all. Bytes are decoded before lines are split, because `|` occurs as
 * the second byte of GBK characters.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Transform } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { compactDate } from '../../domain/calendar/business-date';
import { finding, refuses, type BothLanguages, type Finding } from '../../domain/clearing-files/finding';
import { parseScaled } from '../../domain/scaled';
import { hasMarks, markedGbk, shownMarks } from './gbk';
import type { RowOf, TextColumn, TextLayout } from './layouts/layout';
import { ROWS_PER_BATCH, type ReadingOptions, type RowBatch } from './reading';
import { rowDates } from './row-dates';
import { compileTextRules, controlCharacter, requiredEmpty, type CompiledTextRules } from './value-forms';

type Row = Record<string, string | bigint | number | null>;

/**
 * Reads a file: EMPTY_FILE, for CSV the columns (HEADER_INVALID, FIELD_MISSING, EXTRA_FIELD), then BAD_ENCODING and
 * BAD_VALUE of every line, at the end DATE_MISMATCH unless a value was refused.
 * @throws Error of the file system
 */
export async function* readTextFile<L extends TextLayout>(
  path: string,
  layout: L,
  { businessDate, rowsPerBatch = ROWS_PER_BATCH }: ReadingOptions,
): AsyncGenerator<RowBatch<RowOf<L>>, void> {
  if ((await stat(path)).size === 0) {
    yield { rows: [], findings: [finding('EMPTY_FILE', {})] };
    return;
  }

  const { dateField } = layout;
  const isIsoDate = layout.columns.some(({ name, form }) => name === dateField && form === 'isoDate');
  const dates = rowDates(dateField, isIsoDate ? businessDate : compactDate(businessDate));
  let findings: Finding[] = [];
  let rows: RowOf<L>[] = [];
  let places = layout.format === 'csv' ? undefined : layout.columns.map((_, index) => index);
  let width = layout.columns.length;
  let isRefused = false;
  let line = 0;
  const decode = lineDecoder(layout, (found) => findings.push(found));

  try {
    for await (const cells of cellsOf(path, layout)) {
      if (places === undefined) {
        findings.push(...columnFindings(cells, layout));
        if (refuses(findings)) {
          yield { rows: [], findings };
          return;
        }
        places = layout.columns.map(({ name }) => cells.indexOf(name));
        width = cells.length;
        continue;
      }
      line++;
      const row = decode(cells, places, width, line);
      if (row !== undefined) {
        if (dateField !== undefined) dates.take(line, String(row[dateField]));
        rows.push(row as RowOf<L>);
      }
      if (line % rowsPerBatch > 0) continue;
      isRefused ||= refuses(findings);
      yield { rows: isRefused ? [] : rows, findings };
      rows = [];
      findings = [];
    }
  } catch (error) {
    // Quotes that do not match: from there on nobody can tell the lines apart.
    if (!(error instanceof CsvError)) throw error;
    findings.push(finding('BAD_VALUE', { row: line + 1 }, unreadableLine));
  }
  isRefused ||= refuses(findings);
  if (!isRefused) findings.push(...dates.findings());
  if (rows.length > 0 || findings.length > 0) yield { rows: isRefused ? [] : rows, findings };
}

/** The cells of every line, bytes that are no text as marks. */
function cellsOf(path: string, layout: TextLayout): AsyncIterable<string[]> {
  let carried: Buffer = Buffer.alloc(0);
  const decoder = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
      const { text, left } = markedGbk(bytes, 0, bytes.length, false);
      carried = bytes.subarray(bytes.length - left);
      done(null, text);
    },
    flush(done) {
      done(null, markedGbk(carried, 0, carried.length).text);
    },
  });
  const parser = parse({
    delimiter: layout.format === 'csv' ? ',' : '|',
    quote: layout.format === 'csv' ? '"' : null,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
  });
  // An error on the way ends the parser, whose reader then sees it.
  pipeline(createReadStream(path), decoder, parser, () => undefined);
  return parser as AsyncIterable<string[]>;
}

/** Columns that are missing, named twice, or not known. */
function columnFindings(header: readonly string[], layout: TextLayout): readonly Finding[] {
  const repeated = header.filter((name, index) => header.indexOf(name) < index);
  if (repeated.length > 0) {
    return repeated.map((name) => finding('HEADER_INVALID', { field: shownMarks(name) }, namedTwice));
  }
  const known: readonly string[] = layout.columns.map(({ name }) => name);
  const missing = known.filter((name) => !header.includes(name));
  if (missing.length > 0) return missing.map((name) => finding('FIELD_MISSING', { field: name }));
  return header
    .filter((name) => !known.includes(name))
    .map((name) => finding('EXTRA_FIELD', { field: shownMarks(name) }));
}

type LineDecoder = (
  cells: readonly string[],
  places: readonly number[],
  width: number,
  line: number,
) => Row | undefined;

/** Makes the decoder of one file; what is wrong with a line is reported and the line has no row. */
function lineDecoder(layout: TextLayout, report: (found: Finding) => void): LineDecoder {
  const columns = layout.columns.map((column) => ({ column, rules: compileTextRules(column) }));
  return (cells, places, width, line) => {
    if (cells.length !== width) {
      report(finding('BAD_VALUE', { row: line }, otherWidth(width, cells.length)));
      return undefined;
    }
    const row: Row = { row: line };
    let isGood = true;
    columns.forEach(({ column }, index) => {
      const cell = cells[places[index]!]!;
      const value = readCell(cell, column);
      if (value.fault === undefined) row[column.name] = value.value;
      else {
        isGood = false;
        const place = { row: line, field: column.name, value: shownMarks(cell) };
        report(value.fault === 'encoding' ? finding('BAD_ENCODING', place) : finding('BAD_VALUE', place, value.fault));
      }
    });
    for (const { rules } of columns) if (rules !== undefined && !passes(rules, row, line)) isGood = false;
    return isGood ? row : undefined;
  };

  function passes(rules: CompiledTextRules, row: Row, line: number): boolean {
    const text = row[rules.name];
    if (typeof text !== 'string') return true;
    const fault = rules.fault(text, row);
    if (fault === undefined) return true;
    report(finding('BAD_VALUE', { row: line, field: rules.name, value: text }, fault));
    return false;
  }
}

const CONTROL = /[\u0000-\u001F\u007F]/;
const NUMBER = /^(-?)\d+(?:\.(\d+))?$/;

type CellReading =
  | { readonly fault?: undefined; readonly value: string | bigint | null }
  | { readonly fault: 'encoding' | BothLanguages };

function readCell(cell: string, column: TextColumn): CellReading {
  if (hasMarks(cell)) return { fault: 'encoding' };
  if (CONTROL.test(cell)) return { fault: controlCharacter };
  if (column.type === 'text') return { value: cell };
  if (cell === '') return column.required === 'Y' ? { fault: requiredEmpty } : { value: null };
  const [whole, sign, fraction = ''] = NUMBER.exec(cell) ?? [];
  const isInForm =
    whole !== undefined &&
    (sign === '' || column.signed) &&
    fraction.length >= column.fewestDecimals &&
    fraction.length <= column.decimals &&
    !/^-?0\d/.test(whole);
  return isInForm ? { value: parseScaled(cell, column.decimals) } : { fault: numberForm(column) };
}

const numberForm = ({ decimals, fewestDecimals, signed }: TextColumn): BothLanguages => {
  const digits = decimals === fewestDecimals ? `${decimals}` : `${fewestDecimals}-${decimals}`;
  return {
    zh: `应为${signed ? '' : '不带符号的'}数字，${digits} 位小数。`,
    en: `Expected a number${signed ? '' : ' without sign'} with ${digits} decimals.`,
  };
};
const otherWidth = (expected: number, actual: number): BothLanguages => ({
  zh: `应有 ${expected} 个字段，实有 ${actual} 个。`,
  en: `Expected ${expected} fields, found ${actual}.`,
});
const unreadableLine: BothLanguages = {
  zh: '引号不配对，无法继续读取。',
  en: 'Its quotes do not match; reading ends here.',
};
const namedTwice: BothLanguages = { zh: '列名重复。', en: 'A column is named twice.' };
