/** A dBase file in memory that a test can spoil byte by byte. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import type { Finding } from '../../../domain/clearing-files/finding';
import { readWhole } from '../../../adapters/clearing-files/read-file';
import type { Layout } from '../../../adapters/clearing-files/layouts/layout';

export const samples = join(__dirname, '../../../samples');
export const day = (text: string) => parseBusinessDate(text);

export class DbfBytes {
  constructor(public bytes: Buffer) {}

  static sample(path: string): DbfBytes {
    return new DbfBytes(readFileSync(join(samples, path)));
  }

  get recordCount() {
    return this.bytes.readUInt32LE(4);
  }
  set recordCount(count: number) {
    this.bytes.writeUInt32LE(count, 4);
  }
  get headerBytes() {
    return this.bytes.readUInt16LE(8);
  }
  get recordBytes() {
    return this.bytes.readUInt16LE(10);
  }

  /** Where the descriptor of a field begins. */
  descriptor(name: string): number {
    for (let at = 32; at < this.headerBytes - 1; at += 32) {
      const end = this.bytes.indexOf(0, at);
      if (this.bytes.toString('latin1', at, end) === name) return at;
    }
    throw new Error(`no field ${name}`);
  }

  private place(row: number, name: string): { at: number; length: number } {
    let at = this.headerBytes + (row - 1) * this.recordBytes + 1;
    for (let field = 32; field < this.headerBytes - 1; field += 32) {
      const length = this.bytes[field + 16]!;
      if (field === this.descriptor(name)) return { at, length };
      at += length;
    }
    throw new Error(`no field ${name}`);
  }

  get(row: number, name: string): string {
    const { at, length } = this.place(row, name);
    return iconv.decode(this.bytes.subarray(at, at + length), 'gbk').trim();
  }

  /** Exactly these bytes at the beginning of the field; the rest becomes blank. */
  put(row: number, name: string, value: string | number[]): this {
    const { at, length } = this.place(row, name);
    const bytes = typeof value === 'string' ? iconv.encode(value, 'gbk') : Buffer.from(value);
    if (bytes.length > length) throw new Error('too long');
    this.bytes.fill(0x20, at, at + length);
    bytes.copy(this.bytes, at);
    return this;
  }

  /** A number, right-aligned. */
  putNumber(row: number, name: string, value: string): this {
    return this.put(row, name, value.padStart(this.place(row, name).length));
  }

  /** Raw bytes at the end of the field. */
  putAtEnd(row: number, name: string, value: number[]): this {
    const { at, length } = this.place(row, name);
    Buffer.from(value).copy(this.bytes, at + length - value.length);
    return this;
  }

  mark(row: number, byte: number): this {
    this.bytes[this.headerBytes + (row - 1) * this.recordBytes] = byte;
    return this;
  }

  record(row: number): Buffer {
    const at = this.headerBytes + (row - 1) * this.recordBytes;
    return Buffer.from(this.bytes.subarray(at, at + this.recordBytes));
  }

  /** The first row from `from` on with these values. */
  rowWith(values: Record<string, string>, from = 1): number {
    for (let row = from; row <= this.recordCount; row++) {
      if (Object.entries(values).every(([name, value]) => this.get(row, name) === value)) return row;
    }
    throw new Error('no such row');
  }
}

/** A folder that is gone after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clearing-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** What a finding says, without the sentences. */
export function bare({ reason, outcome, ...place }: Finding) {
  expect(reason.zh).toMatch(/\p{Script=Han}/u);
  expect(reason.en).toMatch(/[a-z]/);
  expect(outcome).toMatch(/refused|break|info/);
  return place;
}

let files = 0;

/** Everything that is found in these bytes as a file of the layout on 26 June 2025. */
export async function findingsIn(folder: string, bytes: Buffer, layout: Layout, part?: string) {
  const path = join(folder, `${files++}.file`);
  writeFileSync(path, bytes);
  const options = { businessDate: day('2025-06-26'), ...(part === undefined ? {} : { part }) };
  const { findings } = await readWhole(path, layout, options);
  return findings.map(bare);
}
