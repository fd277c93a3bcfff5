/** The file in which a list of restricted persons is sent: bytes to rows, strictly, every fault with its row. */
import { createHash } from 'node:crypto';
import { CsvError, parse } from 'csv-parse/sync';
import { decodeGbk } from '../../adapters/clearing-files/gbk';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import {
  LIST_COLUMNS,
  restrictedPersons,
  type ListRow,
  type RestrictedPerson,
} from '../../domain/permissions/restricted-list';

/** Largest file, some thirty thousand persons. */
export const LIST_BYTES = 2_000_000;

export interface RestrictedListFile {
  /** Of the bytes as they were sent. */
  readonly sha256: string;
  readonly persons: readonly RestrictedPerson[];
  /** Every reason why the file is not taken; none: it is. */
  readonly faults: readonly BusinessError[];
}

export function readRestrictedList(bytes: Buffer, today: BusinessDate): RestrictedListFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const refused = (...faults: readonly BusinessError[]) => ({ sha256, persons: [], faults });
  if (bytes.length === 0) return refused(new BusinessError('DOCUMENT_EMPTY', { field: 'content' }));
  if (bytes.length > LIST_BYTES)
    return refused(new BusinessError('DOCUMENT_TOO_LARGE', { most: LIST_BYTES, field: 'content' }));
  const text = textOf(bytes);
  if (typeof text !== 'string') return refused(...text);
  const rows = rowsOf(text);
  if (rows instanceof BusinessError) return refused(rows);
  return { sha256, ...restrictedPersons(rows, today) };
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LINE_FEED = 0x0a;

/** UTF-8 where it says so by its mark, else GBK; line by line, so that every line that is no text is named. */
function textOf(bytes: Buffer): string | readonly BusinessError[] {
  const isMarked = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  // UTF-8 without its mark would be taken for GBK, and be other characters.
  const decode = isMarked ? utf8 : (line: Buffer) => (isLongUtf8(line) ? undefined : decodeGbk(line, 0, line.length));
  const lines = linesOf(isMarked ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes).map(decode);
  const faults = lines.flatMap((line, index) => {
    const row = index + 1;
    return line === undefined
      ? [new BusinessError('LIST_ENCODING_UNKNOWN', { row, field: `content.rows[${row}]` })]
      : [];
  });
  return faults.length > 0 ? faults : lines.join('\n');
}

/** A line feed is never part of a character, in GBK neither. */
function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return [...lines, bytes.subarray(from)];
}

const isLongUtf8 = (line: Buffer): boolean => line.some((byte) => byte >= 0x80) && utf8(line) !== undefined;

function utf8(line: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return undefined;
  }
}

function rowsOf(text: string): readonly ListRow[] | BusinessError {
  try {
    const parsed = parse(text, { info: true, relax_column_count: true, skip_empty_lines: true, trim: true });
    return (
      parsed as unknown as readonly { readonly record: readonly string[]; readonly info: { lines: number } }[]
    ).map(({ record, info }) => ({ row: info.lines, cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as { readonly lines?: unknown };
    const field = `content.rows[${typeof lines === 'number' ? lines : 1}]`;
    return new BusinessError('INPUT_INVALID', { field, reason: `CSV ${LIST_COLUMNS.join(',')}` });
  }
}
