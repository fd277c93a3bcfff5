/** dBase records of a published file, to change and write again: all that nobody touches keeps its bytes. */
import { readFileSync, writeFileSync } from 'node:fs';
import iconv from 'iconv-lite';

const HEADER_BYTES = 32;
const FIELD_BYTES = 32;
const HEADER_ENDS = 0x0d;
const END_OF_FILE = 0x1a;
const BLANK = 0x20;

type Field = { readonly offset: number; readonly width: number; readonly isNumber: boolean };

/** One record: its fields as text without padding. */
export type DbaseRecord = { get(name: string): string; set(name: string, text: string): void; copy(): DbaseRecord };

export type DbaseRows = { rows: DbaseRecord[]; save(): void };

/** All records of a whole file. Throws RangeError where a field that is asked for is missing or a text does not fit. */
export function openDbase(path: string): DbaseRows {
  const bytes = readFileSync(path);
  const headerLength = bytes.readUInt16LE(8);
  const rowLength = bytes.readUInt16LE(10);
  const fields = fieldsOf(bytes, path);
  const recordOf = (record: Buffer): DbaseRecord & { readonly record: Buffer } => ({
    record,
    get: (name) => {
      const { offset, width } = fieldNamed(fields, name, path);
      return iconv.decode(record.subarray(offset, offset + width), 'gbk').trim();
    },
    set: (name, text) => {
      const { offset, width, isNumber } = fieldNamed(fields, name, path);
      const written = iconv.encode(text, 'gbk');
      if (written.length > width) throw new RangeError(`${path}: ${text} does not fit ${name}`);
      record.fill(BLANK, offset, offset + width);
      written.copy(record, isNumber ? offset + width - written.length : offset);
    },
    copy: () => recordOf(Buffer.from(record)),
  });
  const count = bytes.readUInt32LE(4);
  const file: DbaseRows = {
    rows: Array.from({ length: count }, (_, index) => {
      const at = headerLength + index * rowLength;
      return recordOf(Buffer.from(bytes.subarray(at, at + rowLength)));
    }),
    save: () => {
      const header = Buffer.from(bytes.subarray(0, headerLength));
      header.writeUInt32LE(file.rows.length, 4);
      const records = file.rows.map((row) => (row as ReturnType<typeof recordOf>).record);
      writeFileSync(path, Buffer.concat([header, ...records, Buffer.from([END_OF_FILE])]));
    },
  };
  return file;
}

function fieldNamed(fields: ReadonlyMap<string, Field>, name: string, path: string): Field {
  const field = fields.get(name);
  if (field === undefined) throw new RangeError(`${path} has no field ${name}`);
  return field;
}

function fieldsOf(bytes: Buffer, path: string): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  let offset = 1;
  for (let at = HEADER_BYTES; bytes[at] !== HEADER_ENDS; at += FIELD_BYTES) {
    if (at + FIELD_BYTES >= bytes.length) throw new RangeError(`${path} has no end of header`);
    const name = bytes.toString('latin1', at, at + 11).split('\0')[0] as string;
    const width = bytes[at + 16] as number;
    fields.set(name, { offset, width, isNumber: bytes.toString('latin1', at + 11, at + 12) === 'N' });
    offset += width;
  }
  return fields;
}
