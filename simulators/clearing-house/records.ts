/**
 * A small strict reader of dBase records for the simulator's own eyes. It takes a file as whole or not at all: the
 * product's checks of a file are the product's, and are made elsewhere.
 */
import { readFileSync } from 'node:fs';
import iconv from 'iconv-lite';

/** Field name to text without its padding. */
export type Row = Readonly<Record<string, string>>;

const HEADER_BYTES = 32;
const FIELD_BYTES = 32;
const HEADER_ENDS = 0x0d;

/** The live rows of a file. Throws RangeError where the file is not whole or a field of `names` is missing. */
export function readRows(path: string, names: readonly string[]): readonly Row[] {
  const bytes = readFileSync(path);
  if (bytes.length < HEADER_BYTES + 1 || bytes[0] !== 0x03) throw new RangeError(`${path} is no dBase file`);
  const count = bytes.readUInt32LE(4);
  const headerLength = bytes.readUInt16LE(8);
  const rowLength = bytes.readUInt16LE(10);
  const fields = readFields(bytes, path);
  const missing = names.filter((name) => !fields.some((field) => field.name === name));
  if (missing.length > 0) throw new RangeError(`${path} lacks ${missing.join(', ')}`);
  const surplus = bytes.length - headerLength - count * rowLength;
  if (surplus !== 0 && surplus !== 1) throw new RangeError(`${path} does not hold the ${count} records it announces`);

  const rows: Row[] = [];
  for (let at = headerLength; at < headerLength + count * rowLength; at += rowLength) {
    if (bytes[at] === 0x2a) continue;
    rows.push(
      Object.fromEntries(
        fields.map(({ name, offset, width }) => [
          name,
          iconv.decode(bytes.subarray(at + offset, at + offset + width), 'gbk').trim(),
        ]),
      ),
    );
  }
  return rows;
}

type Field = { readonly name: string; readonly offset: number; readonly width: number };

function readFields(bytes: Buffer, path: string): readonly Field[] {
  const fields: Field[] = [];
  let offset = 1;
  for (let at = HEADER_BYTES; bytes[at] !== HEADER_ENDS; at += FIELD_BYTES) {
    if (at + FIELD_BYTES >= bytes.length) throw new RangeError(`${path} has no end of header`);
    const name = bytes.toString('latin1', at, at + 11).split('\0')[0] as string;
    const width = bytes[at + 16] as number;
    fields.push({ name, offset, width });
    offset += width;
  }
  if (offset !== bytes.readUInt16LE(10)) throw new RangeError(`${path} has fields that do not fill a record`);
  return fields;
}
