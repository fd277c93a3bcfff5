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
import { finding, refuses, type BothLanguages, type Finding } from '../../domain/clearing-files/finding';
import { hasMarks, markedGbk, shownMarks } from './gbk';
import type { NumberForm, RowOf, TextColumn, TextLayout } from './layouts/layout';
import { inBatches, ROWS_PER_BATCH, type ReadingOptions, type RowBatch } from './reading';
import { compileTextRules, controlCharacter, readNumber, requiredEmpty, type CompiledTextRules } from './value-forms';
import { wholeFileChecks, type GoodRow } from './whole-file-checks';

type Row = Record<string, string | bigint | number | null>;

/** No line of these files comes near it. A longer one has no line end, or a quote that never ends. */
const MOST_CHARACTERS_A_LINE = 64 * 1024;
/** What is shown of a cell or column that is too long to be one. */
const MOST_CHARACTERS_SHOWN = 120;

/**
 * Reads a file: EMPTY_FILE, HEADER_INVALID (byte order mark, line ends, columns named twice), for CSV FIELD_MISSING and
 * EXTRA_FIELD, then BAD_ENCODING and BAD_VALUE of every line, FILE_TRUNCATED where the last line has no end, at the end
 * what the file as a whole shows, unless a value was refused.
 * @throws Error of the file system
 */
export async function* readTextFile<L extends TextLayout>(
  path: string,
  layout: L,
  options: ReadingOptions,
): AsyncGenerator<RowBatch<RowOf<L>>, void> {
  if ((await stat(path)).size === 0) {
    yield { rows: [], findings: [finding('EMPTY_FILE', {})] };
    return;
  }

  const { rowsPerBatch = ROWS_PER_BATCH } = options;
  const checks = wholeFileChecks(layout, options);
  let findings: Finding[] = [];
  let rows: RowOf<L>[] = [];
  let places = layout.format === 'csv' ? undefined : layout.columns.map((_, index) => index);
  let width = layout.columns.length;
  let isRefused = false;
  let line = 0;
  let isReadable = true;
  const decode = lineDecoder(layout, (found) => findings.push(found));
  const { lines, marks } = linesOf(path, layout);

  try {
    for await (const cells of lines) {
      const invalid = line === 0 ? beginningFindings(marks) : [];
      if (invalid.length > 0) {
        yield { rows: [], findings: invalid };
        return;
      }
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
        for (const found of checks.take(row as GoodRow)) findings.push(found);
        rows.push(row as RowOf<L>);
      }
      if (line % rowsPerBatch > 0) continue;
      isRefused ||= refuses(findings);
      yield { rows: isRefused ? [] : rows, findings };
      rows = [];
      findings = [];
    }
  } catch (error) {
    // Quotes that do not match, or a line without end: from there on nobody can tell the lines apart.
    if (!(error instanceof CsvError)) throw error;
    isReadable = false;
    const invalid = line === 0 ? beginningFindings(marks) : [];
    findings.push(...(invalid.length > 0 ? invalid : [finding('BAD_VALUE', { row: line + 1 }, unreadableLine)]));
  }
  if (isReadable && !marks.isEnded)
    findings.push(finding('FILE_TRUNCATED', line === 0 ? {} : { row: line }, lineWithoutEnd));
  isRefused ||= refuses(findings);
  yield { rows: isRefused ? [] : rows, findings };
  if (!isRefused) yield* inBatches(checks.findings(), rowsPerBatch);
}

/** What the bytes around the lines show. */
interface LineMarks {
  readonly byteOrderMark?: string;
  /** The first line ends with LF alone. */
  readonly isLfOnly: boolean;
  /** The last line has its end. */
  readonly isEnded: boolean;
}

const BYTE_ORDER_MARKS = ['EFBBBF', 'FFFE', 'FEFF'];

/** The cells of every line, bytes that are no text as marks. */
function linesOf(path: string, layout: TextLayout): { lines: AsyncIterable<string[]>; marks: LineMarks } {
  const marks = { isLfOnly: false, isEnded: false } as { -readonly [Mark in keyof LineMarks]: LineMarks[Mark] };
  let carried: Buffer = Buffer.alloc(0);
  let isFirst = true;
  let hasLineEnd = false;
  let lastTwo = '';
  const look = (text: string): string => {
    const end = hasLineEnd ? -1 : text.indexOf('\n');
    if (end >= 0) {
      hasLineEnd = true;
      marks.isLfOnly = (lastTwo + text).charAt(lastTwo.length + end - 1) !== '\r';
    }
    lastTwo = (lastTwo + text).slice(-2);
    return text;
  };
  const decoder = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
      if (isFirst) {
        const beginning = bytes.toString('hex', 0, 3).toUpperCase();
        const mark = BYTE_ORDER_MARKS.find((one) => beginning.startsWith(one));
        if (mark !== undefined) marks.byteOrderMark = mark;
        isFirst = false;
      }
      const { text, left } = markedGbk(bytes, 0, bytes.length, false);
      carried = bytes.subarray(bytes.length - left);
      done(null, look(text));
    },
    flush(done) {
      const { text } = markedGbk(carried, 0, carried.length);
      look(text);
      marks.isEnded = lastTwo === '\r\n';
      done(null, text);
    },
  });
  const parser = parse({
    delimiter: layout.format === 'csv' ? ',' : '|',
    quote: layout.format === 'csv' ? '"' : null,
    record_delimiter: '\r\n',
    relax_column_count: true,
    max_record_size: MOST_CHARACTERS_A_LINE,
  });
  // An error on the way ends the parser, whose reader then sees it.
  pipeline(createReadStream(path), decoder, parser, () => undefined);
  return { lines: parser as AsyncIterable<string[]>, marks };
}

function beginningFindings({ byteOrderMark, isLfOnly }: LineMarks): readonly Finding[] {
  if (byteOrderMark !== undefined)
    return [finding('HEADER_INVALID', { field: 'byte order mark', fileValue: byteOrderMark, computed: '' }, notGbk)];
  if (isLfOnly) return [finding('HEADER_INVALID', { field: 'line end', fileValue: 'LF', computed: 'CRLF' })];
  return [];
}

/** Columns that are missing, named twice, or not known. */
function columnFindings(header: readonly string[], layout: TextLayout): readonly Finding[] {
  const repeated = header.filter((name, index) => header.indexOf(name) < index);
  if (repeated.length > 0) {
    return repeated.map((name) => finding('HEADER_INVALID', { field: shown(name) }, namedTwice));
  }
  const known: readonly string[] = layout.columns.map(({ name }) => name);
  const missing = known.filter((name) => !header.includes(name));
  if (missing.length > 0) return missing.map((name) => finding('FIELD_MISSING', { field: name }));
  return header.filter((name) => !known.includes(name)).map((name) => finding('EXTRA_FIELD', { field: shown(name) }));
}

/** A column made ready: a number with its form, a text with its longest. */
interface ReadyColumn {
  readonly name: string;
  readonly required: 'Y' | 'N';
  readonly mostCharacters: number;
  readonly numberForm?: NumberForm;
}

function ready({ name, type, required, decimals, fewestDecimals, range, mostCharacters }: TextColumn): ReadyColumn {
  const column = { name, required, mostCharacters: mostCharacters ?? MOST_CHARACTERS_SHOWN };
  if (type === 'text') return column;
  if (range === undefined) throw new RangeError(`the number ${name} has no range`);
  return { ...column, numberForm: { kind: 'number', decimals, fewestDecimals, range } };
}

const shown = (text: string): string => {
  const marked = shownMarks(text.slice(0, MOST_CHARACTERS_SHOWN));
  return text.length > MOST_CHARACTERS_SHOWN ? `${marked}…` : marked;
};

type LineDecoder = (
  cells: readonly string[],
  places: readonly number[],
  width: number,
  line: number,
) => Row | undefined;

/** Makes the decoder of one file; what is wrong with a line is reported and the line has no row. */
function lineDecoder(layout: TextLayout, report: (found: Finding) => void): LineDecoder {
  const columns = layout.columns.map((column) => ({ column: ready(column), rules: compileTextRules(column) }));
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
        const place = { row: line, field: column.name, value: shown(cell) };
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
    report(finding('BAD_VALUE', { row: line, field: rules.name, value: shown(text) }, fault));
    return false;
  }
}

const CONTROL = /[\u0000-\u001F\u007F]/;

type CellReading =
  | { readonly fault?: undefined; readonly value: string | bigint | null }
  | { readonly fault: 'encoding' | BothLanguages };

function readCell(cell: string, column: ReadyColumn): CellReading {
  if (hasMarks(cell)) return { fault: 'encoding' };
  if (CONTROL.test(cell)) return { fault: controlCharacter };
  if (column.numberForm === undefined)
    return cell.length > column.mostCharacters ? { fault: tooLong(column.mostCharacters) } : { value: cell };
  if (cell === '') return column.required === 'Y' ? { fault: requiredEmpty } : { value: null };
  const value = readNumber(cell, column.numberForm);
  return typeof value === 'bigint' ? { value } : { fault: value };
}

const tooLong = (most: number): BothLanguages => ({
  zh: `不得超过 ${most} 个字符。`,
  en: `Expected at most ${most} characters.`,
});
const otherWidth = (expected: number, actual: number): BothLanguages => ({
  zh: `应有 ${expected} 个字段，实有 ${actual} 个。`,
  en: `Expected ${expected} fields, found ${actual}.`,
});
const unreadableLine: BothLanguages = {
  zh: '引号不配对或行过长，无法继续读取。',
  en: 'Its quotes do not match, or it never ends; reading ends here.',
};
const lineWithoutEnd: BothLanguages = { zh: '末行没有换行符。', en: 'Its last line has no end.' };
const notGbk: BothLanguages = {
  zh: '文件应为 GBK 编码，不带字节序标记。',
  en: 'Files are GBK without a byte order mark.',
};
const namedTwice: BothLanguages = { zh: '列名重复。', en: 'A column is named twice.' };
