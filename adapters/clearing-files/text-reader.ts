/**
 * Reads the text files: the broker's own CSV and the exchange's lines with `|`.
 *
 * The same batches and the same classes as for dBase files; `row` is the line of data from 1, the header line not counted.
 * Fields are taken as they are, blanks and all. Bytes are decoded before lines are split, because `|` occurs as
 * the second byte of GBK characters.
 */
import { stat } from 'node:fs/promises';
import { finding, refuses, type BothLanguages, type Finding } from '../../domain/clearing-files/finding';
import { hasMarks, shownMarks } from './gbk';
import type { NumberForm, RowOf, TextColumn, TextLayout } from './layouts/layout';
import { inBatches, ROWS_PER_BATCH, type ReadingOptions, type RowBatch } from './reading';
import { cellsOf, textLines, type Beginning, type TextLine } from './text-lines';
import { compileTextRules, controlCharacter, readNumber, requiredEmpty, type CompiledTextRules } from './value-forms';
import { wholeFileChecks, type GoodRow } from './whole-file-checks';

type Row = Record<string, string | bigint | number | null>;

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
  const beginning: Beginning = { isLfOnly: false };
  let findings: Finding[] = [];
  let rows: RowOf<L>[] = [];
  let places = layout.format === 'csv' ? undefined : layout.columns.map((_, index) => index);
  let width = layout.columns.length;
  let isRefused = false;
  let line = 0;
  const decode = lineDecoder(layout, (found) => findings.push(found));

  for await (const { text, isTooLong, isEnded } of eachLine(path, beginning)) {
    const invalid = line === 0 ? beginningFindings(beginning) : [];
    if (invalid.length > 0) {
      yield { rows: [], findings: invalid };
      return;
    }
    if (!isEnded)
      findings.push(finding('FILE_TRUNCATED', places === undefined ? {} : { row: line + 1 }, lineWithoutEnd));
    const cells = isTooLong ? undefined : cellsOf(text, layout.format);
    if (places === undefined) {
      findings.push(...columnFindings(cells ?? [], layout));
      if (refuses(findings)) {
        yield { rows: [], findings };
        return;
      }
      places = layout.columns.map(({ name }) => (cells ?? []).indexOf(name));
      width = cells?.length ?? 0;
      continue;
    }
    line++;
    const row = cells === undefined ? unreadable(line, findings) : decode(cells, places, width, line);
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
  isRefused ||= refuses(findings);
  yield { rows: isRefused ? [] : rows, findings };
  if (!isRefused) yield* inBatches(checks.findings(), rowsPerBatch);
}

async function* eachLine(path: string, beginning: Beginning): AsyncGenerator<TextLine, void> {
  for await (const lines of textLines(path, beginning)) yield* lines;
}

function unreadable(line: number, findings: Finding[]): undefined {
  findings.push(finding('BAD_VALUE', { row: line }, unreadableLine));
}

function beginningFindings({ byteOrderMark, isLfOnly }: Beginning): readonly Finding[] {
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
  zh: '引号不配对或行过长，无法读取。',
  en: 'Its quotes do not match, or it is too long to be a line.',
};
const lineWithoutEnd: BothLanguages = { zh: '末行没有换行符。', en: 'Its last line has no end.' };
const notGbk: BothLanguages = {
  zh: '文件应为 GBK 编码，不带字节序标记。',
  en: 'Files are GBK without a byte order mark.',
};
const namedTwice: BothLanguages = { zh: '列名重复。', en: 'A column is named twice.' };
