/**
 * The structure of a dBase III file, checked before a record is read.
 *
 * Checks run in the order of their classes and stop at the first kind of defect; every defect of that kind is listed.
 * A field that the layout does not know holds nothing, so it stops nothing either.
 */
import { finding, type Finding } from '../../domain/clearing-files/finding';
import { shownMarks } from './gbk';
import type { DbfLayout } from './layouts/layout';

const DBASE_III = 0x03;
const DESCRIPTOR_BYTES = 32;
const HEADER_END = 0x0d;
const END_OF_FILE = 0x1a;
/** The header length is a 16-bit number, so no header is longer than this. */
export const LONGEST_HEADER = 0xffff;

interface FieldInFile {
  readonly name: string;
  readonly type: string;
  readonly length: number;
  readonly decimals: number;
  /** Offset in the record; byte 0 is the deletion mark. */
  readonly offset: number;
}

export interface DbfStructure {
  readonly recordCount: number;
  readonly headerBytes: number;
  readonly recordBytes: number;
  /** Offset of each field of the layout in a record. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** What the structure is, unless a finding refuses it. */
export interface StructureReading {
  readonly structure?: DbfStructure;
  readonly findings: readonly Finding[];
}

/**
 * Reads and checks the structure.
 * @param head the first bytes of the file: all of it, or LONGEST_HEADER
 * @param size bytes of the whole file
 * @param lastByte the last byte of the file
 */
export function readStructure(head: Buffer, size: number, lastByte: number, layout: DbfLayout): StructureReading {
  if (size === 0) return { findings: [finding('EMPTY_FILE', {})] };
  if (head.length < DESCRIPTOR_BYTES + 1) {
    return { findings: [invalidHeader('length of the file', `${size}`, `at least ${DESCRIPTOR_BYTES + 1}`)] };
  }
  const recordCount = head.readUInt32LE(4);
  const headerBytes = head.readUInt16LE(8);
  const recordBytes = head.readUInt16LE(10);
  const { fields, end } = fieldsInHeader(head, headerBytes);

  const headerFindings = checkHeader({ head, fields, end, headerBytes, recordBytes });
  if (headerFindings.length > 0) return { findings: headerFindings };
  const fieldFindings = checkFields(fields, layout);
  if (fieldFindings.length > 0) return { findings: fieldFindings };

  const known = new Set(layout.fields.map(({ name }) => name));
  const extra = fields
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => finding('EXTRA_FIELD', { field: name }));
  const sizeFindings = checkSize({ recordCount, headerBytes, recordBytes, size, lastByte });
  if (sizeFindings.length > 0) return { findings: [...extra, ...sizeFindings] };

  const offsets = new Map(fields.map(({ name, offset }) => [name, offset]));
  return { structure: { recordCount, headerBytes, recordBytes, offsets }, findings: extra };
}

/** The field descriptors up to the byte that ends the header, wherever the header length says that it ends. */
function fieldsInHeader(head: Buffer, headerBytes: number): { fields: FieldInFile[]; end: number | undefined } {
  const fields: FieldInFile[] = [];
  let offset = 1;
  for (let at = DESCRIPTOR_BYTES; at < head.length; at += DESCRIPTOR_BYTES) {
    if (head[at] === HEADER_END) return { fields, end: at };
    if (at + DESCRIPTOR_BYTES > head.length) break;
    if (at >= headerBytes - 1 && !looksLikeDescriptor(head, at)) break;
    const nameBytes = head.subarray(at, at + 11);
    const nameEnd = nameBytes.indexOf(0);
    const length = head[at + 16]!;
    fields.push({
      name: nameBytes.toString('latin1', 0, nameEnd === -1 ? 11 : nameEnd).trimEnd(),
      type: String.fromCharCode(head[at + 11]!),
      length,
      decimals: head[at + 17]!,
      offset,
    });
    offset += length;
  }
  return { fields, end: undefined };
}

/** Tells a descriptor beyond a wrong header length from the first record: a padded name and a letter for the type. */
function looksLikeDescriptor(head: Buffer, at: number): boolean {
  return /^[A-Za-z]\w{0,9}\0+[A-Z]$/.test(head.toString('latin1', at, at + 12));
}

function checkHeader(header: {
  readonly head: Buffer;
  readonly fields: readonly FieldInFile[];
  readonly end: number | undefined;
  readonly headerBytes: number;
  readonly recordBytes: number;
}): readonly Finding[] {
  const { head, fields, end, headerBytes, recordBytes } = header;
  const found: Finding[] = [];
  if (head[0] !== DBASE_III) found.push(invalidHeader('byte 0', hex(head[0]!), hex(DBASE_III)));
  // Cut off within the header: what its missing part would say about the record is not known.
  if (end === undefined && head.length < headerBytes) {
    return [...found, invalidHeader('length of the file', `${head.length}`, `at least ${headerBytes}`)];
  }
  if (end === undefined) {
    found.push(invalidHeader('end of the header', 'none', hex(HEADER_END)));
  } else if (headerBytes !== end + 1) {
    found.push(invalidHeader('header length', `${headerBytes}`, `${end + 1}`));
  }
  const widths = fields.reduce((sum, { length }) => sum + length, 1);
  if (recordBytes !== widths) found.push(invalidHeader('record length', `${recordBytes}`, `${widths}`));
  // Two fields of one name: nobody can say which of them is meant.
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (seen.has(name)) found.push(invalidHeader('field names', `${name} twice`, `${name} once`));
    seen.add(name);
  }
  return found;
}

/** The fields of the layout that are missing; if none is, those of another type; if none is, those of another width. */
function checkFields(fields: readonly FieldInFile[], layout: DbfLayout): readonly Finding[] {
  const inFile = new Map(fields.map((field) => [field.name, field]));
  const missing = layout.fields.filter(({ name }) => !inFile.has(name));
  if (missing.length > 0) return missing.map(({ name }) => finding('FIELD_MISSING', { field: name }));

  const pairs = layout.fields.map((expected) => ({ expected, actual: inFile.get(expected.name)! }));
  const otherType = pairs.filter(({ expected, actual }) => actual.type !== expected.type);
  if (otherType.length > 0) {
    return otherType.map(({ expected, actual }) =>
      finding('FIELD_TYPE', { field: expected.name, fileValue: shownMarks(actual.type), computed: expected.type }),
    );
  }
  return pairs
    .filter(({ expected, actual }) => actual.length !== expected.length || actual.decimals !== expected.decimals)
    .map(({ expected, actual }) =>
      finding('FIELD_LENGTH', {
        field: expected.name,
        fileValue: `${actual.length},${actual.decimals}`,
        computed: `${expected.length},${expected.decimals}`,
      }),
    );
}

function checkSize(file: {
  readonly recordCount: number;
  readonly headerBytes: number;
  readonly recordBytes: number;
  readonly size: number;
  readonly lastByte: number;
}): readonly Finding[] {
  const { recordCount, headerBytes, recordBytes, size, lastByte } = file;
  const wholeRecords = Math.floor((size - headerBytes) / recordBytes);
  if (wholeRecords < recordCount) {
    return [finding('FILE_TRUNCATED', { row: wholeRecords + 1, header: recordCount, found: wholeRecords })];
  }
  const extraBytes = size - headerBytes - recordCount * recordBytes;
  const isEnded = extraBytes === 0 || (extraBytes === 1 && lastByte === END_OF_FILE);
  return isEnded ? [] : [finding('RECORD_COUNT_MISMATCH', { header: recordCount, found: wholeRecords })];
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0').toUpperCase()}`;

function invalidHeader(what: string, fileValue: string, computed: string): Finding {
  return finding('HEADER_INVALID', { field: what, fileValue, computed });
}
