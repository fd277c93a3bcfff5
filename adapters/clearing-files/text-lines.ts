/**
 * The lines of a text file, decoded from GBK before they are split, because `|` occurs as the second byte of characters, and
 * their cells. A line ends with CRLF and nothing else, so one broken line never takes the next one with it.
 */
import { createReadStream } from 'node:fs';
import { markedGbk } from './gbk';
import type { TextLayout } from './layouts/layout';

/** No line of these files comes near it. A longer one has no line end. */
const MOST_CHARACTERS_A_LINE = 64 * 1024;
const BYTE_ORDER_MARKS = ['EFBBBF', 'FFFE', 'FEFF'];
const LINE_END = '\r\n';

/** A line without its end; of one that is too long only the beginning. */
export interface TextLine {
  readonly text: string;
  readonly isTooLong: boolean;
  /** The last line of a file may have no end. */
  readonly isEnded: boolean;
}

/** What the first bytes show, known before the first line is. */
export interface Beginning {
  byteOrderMark?: string;
  /** Lines end with LF alone. */
  isLfOnly: boolean;
}

/**
 * The lines of a file, some at a time; bytes that are no text are marks (`markedGbk`). Memory does not grow with the file,
 * nor with a line.
 * @param beginning is filled before the first lines are given
 */
export async function* textLines(path: string, beginning: Beginning): AsyncGenerator<readonly TextLine[], void> {
  let carried: Buffer = Buffer.alloc(0);
  let open = '';
  let isTooLong = false;
  let isFirst = true;
  const take = (text: string): TextLine[] => {
    const pieces = (open + text).split(LINE_END);
    open = pieces.pop() ?? '';
    const lines = pieces.map((piece, index): TextLine => {
      const isCut = (index === 0 && isTooLong) || piece.length > MOST_CHARACTERS_A_LINE;
      return { text: piece, isTooLong: isCut, isEnded: true };
    });
    if (pieces.length > 0) isTooLong = false;
    if (open.length > MOST_CHARACTERS_A_LINE) {
      isTooLong = true;
      // The last character may be the first half of the line end.
      open = open.slice(0, MOST_CHARACTERS_A_LINE) + open.slice(-1);
    }
    return lines;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    const { text, left } = markedGbk(bytes, 0, bytes.length, false);
    carried = bytes.subarray(bytes.length - left);
    if (isFirst) look(bytes, text, beginning);
    isFirst = false;
    const lines = take(text);
    if (lines.length > 0) yield lines;
  }
  const lines = take(markedGbk(carried, 0, carried.length).text);
  if (lines.length > 0) yield lines;
  if (open !== '') yield [{ text: open, isTooLong, isEnded: false }];
}

function look(bytes: Buffer, text: string, beginning: Beginning): void {
  const start = bytes.toString('hex', 0, 3).toUpperCase();
  const mark = BYTE_ORDER_MARKS.find((one) => start.startsWith(one));
  if (mark !== undefined) beginning.byteOrderMark = mark;
  beginning.isLfOnly = text.includes('\n') && !text.includes(LINE_END);
}

/** The cells of a line; undefined where its quotes do not match. */
export function cellsOf(line: string, format: TextLayout['format']): readonly string[] | undefined {
  if (format === 'bars') return line.split('|');
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    if (line[at] === '"') {
      const end = closingQuote(line, at + 1);
      if (end === undefined) return undefined;
      cells.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at < line.length && line[at] !== ',') return undefined;
    } else {
      const comma = line.indexOf(',', at);
      const cell = line.slice(at, comma === -1 ? undefined : comma);
      if (cell.includes('"')) return undefined;
      cells.push(cell);
      at += cell.length;
    }
    if (at >= line.length) return cells;
  }
}

/** Where the quote that closes a cell stands; two quotes stand for one. */
function closingQuote(line: string, from: number): number | undefined {
  for (let at = line.indexOf('"', from); at !== -1; at = line.indexOf('"', at + 2)) {
    if (line[at + 1] !== '"') return at;
  }
  return undefined;
}
