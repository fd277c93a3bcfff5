/**
 * Writes records of a layout as a dBase III file: what we send to the clearing house, and the files of tests and
 * benchmarks. Streaming: the number of rows must be known beforehand, because the header names it.
 */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { scaledText } from '../../domain/scaled';
import { encodeGbk } from './gbk';
import type { DbfField, DbfLayout, RowOf } from './layouts/layout';

const DESCRIPTOR_BYTES = 32;
const DBASE_III = 0x03;
const CODE_PAGE_GBK = 0x4d;
const HEADER_END = 0x0d;
const END_OF_FILE = 0x1a;
const BLANK = 0x20;
const RECORDS_PER_WRITE = 1_000;

/** A row to write; `row` is the reader's and may be left out. */
export type WritableRow<L extends DbfLayout> = Omit<RowOf<L>, 'row'>;

/** The header of a file with `recordCount` records. */
export function dbfHeader(layout: DbfLayout, recordCount: number, date: BusinessDate): Buffer {
  const headerBytes = DESCRIPTOR_BYTES * (layout.fields.length + 1) + 1;
  const header = Buffer.alloc(headerBytes);
  header[0] = DBASE_III;
  header[1] = parseInt(date.slice(0, 4), 10) - 1900;
  header[2] = parseInt(date.slice(5, 7), 10);
  header[3] = parseInt(date.slice(8, 10), 10);
  header.writeUInt32LE(recordCount, 4);
  header.writeUInt16LE(headerBytes, 8);
  header.writeUInt16LE(recordBytesOf(layout), 10);
  header[29] = CODE_PAGE_GBK;
  layout.fields.forEach((field, index) => {
    const at = DESCRIPTOR_BYTES * (index + 1);
    header.write(field.name, at, 'latin1');
    header.write(field.type, at + 11, 'latin1');
    header[at + 16] = field.length;
    header[at + 17] = field.decimals;
  });
  header[headerBytes - 1] = HEADER_END;
  return header;
}

/** Bytes of one record: the deletion mark and every field. */
export function recordBytesOf(layout: DbfLayout): number {
  return layout.fields.reduce((sum, { length }) => sum + length, 1);
}

/**
 * Writes one row at `offset` of `buffer` as a live record.
 * @throws RangeError for a value that does not fit its field or is not GBK
 */
export function writeRecord<L extends DbfLayout>(buffer: Buffer, offset: number, layout: L, row: WritableRow<L>): void {
  buffer.fill(BLANK, offset, offset + recordBytesOf(layout));
  let at = offset + 1;
  for (const field of layout.fields) {
    const value = (row as Readonly<Record<string, unknown>>)[field.name];
    const bytes = encodedValue(value, field);
    if (bytes.length > field.length) throw new RangeError(`${layout.kind}.${field.name} takes ${field.length} bytes`);
    bytes.copy(buffer, field.type === 'N' ? at + field.length - bytes.length : at);
    at += field.length;
  }
}

function encodedValue(value: unknown, field: DbfField): Buffer {
  if (field.type === 'N' && typeof value === 'bigint') return Buffer.from(scaledText(value, field.decimals), 'latin1');
  if (field.type === 'C' && typeof value === 'string') return encodeGbk(value);
  throw new RangeError(`${field.name} is ${field.type}, but its value is ${typeof value}`);
}

/**
 * Writes a file with the given rows and the closing 0x1A.
 * @throws RangeError where there are more or fewer rows than `recordCount`, or a value does not fit; the file is then
 *         incomplete and must not be sent
 */
export async function writeDbf<L extends DbfLayout>(
  path: string,
  layout: L,
  rows: Iterable<WritableRow<L>> | AsyncIterable<WritableRow<L>>,
  of: { readonly recordCount: number; readonly date: BusinessDate },
): Promise<void> {
  const recordBytes = recordBytesOf(layout);
  const out = createWriteStream(path);
  const write = async (bytes: Buffer) => {
    if (!out.write(bytes)) await once(out, 'drain');
  };
  try {
    await write(dbfHeader(layout, of.recordCount, of.date));
    let written = 0;
    let filled = 0;
    let buffer = Buffer.allocUnsafe(RECORDS_PER_WRITE * recordBytes);
    for await (const row of rows) {
      writeRecord(buffer, filled * recordBytes, layout, row);
      written++;
      filled++;
      if (filled < RECORDS_PER_WRITE) continue;
      await write(buffer);
      // The stream may still hold the last buffer, so the next records go into another one.
      buffer = Buffer.allocUnsafe(RECORDS_PER_WRITE * recordBytes);
      filled = 0;
    }
    if (written !== of.recordCount) throw new RangeError(`the header says ${of.recordCount} records, not ${written}`);
    await write(Buffer.concat([buffer.subarray(0, filled * recordBytes), Buffer.from([END_OF_FILE])]));
  } finally {
    out.end();
    await finished(out);
  }
}
