/**
 * Writes rows with COPY BINARY: the quickest way into PostgreSQL that still checks types
 * (24 times quicker than one INSERT a row, design section 7). Memory stays at one buffer.
 */
import { once } from 'node:events';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export type ColumnType = 'int8' | 'int4' | 'date' | 'text' | 'numeric';

/** One column of the target table and where its value comes from. */
export interface CopiedColumn<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: Row) => bigint | number | string | null;
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const CHUNK_BYTES = 64 * 1024;
/** A longer single row grows the buffer once; rows of files are below 2 KB. */
const ROW_ROOM_BYTES = 8 * 1024;
const SHORT_TEXT = 64;
const LAST_ASCII = 0x7f;
const DAY_MS = 86_400_000;
const POSTGRES_EPOCH_DAY = Date.UTC(2000, 0, 1) / DAY_MS;

/** Copies all batches into the table; answers how many rows were written. The caller owns the transaction. */
export async function copyInto<Row>(
  sql: PoolClient,
  table: string,
  columns: readonly CopiedColumn<Row>[],
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
): Promise<number> {
  const names = columns.map((column) => `"${column.name}"`).join(', ');
  const stream = sql.query(copyFrom(`copy "${table}" (${names}) from stdin with (format binary)`));
  // The server's own refusal. The stream lets go of the connection with it, and whatever is written next fails over that.
  let refusal: Error | undefined;
  const failed = new Promise<never>((_, reject) =>
    stream.on('error', (error: Error) => {
      refusal ??= error;
      reject(error);
    }),
  );
  failed.catch(() => undefined);
  const writer = new TupleBuffer();
  writer.raw(SIGNATURE);
  let rows = 0;
  const flush = async () => {
    if (!stream.write(writer.take())) await Promise.race([once(stream, 'drain'), failed]);
  };
  try {
    for await (const batch of batches) {
      for (const row of batch) {
        writer.tuple(columns, row);
        rows += 1;
        if (writer.length >= CHUNK_BYTES) await flush();
      }
    }
  } catch (error) {
    if (refusal !== undefined) throw refusal;
    // Ends the COPY with an error on the server, so that the connection can roll back.
    stream.destroy(error as Error);
    await once(stream, 'close').catch(() => undefined);
    throw error;
  }
  if (refusal !== undefined) throw refusal;
  writer.int16(-1);
  stream.end(writer.take());
  await Promise.race([once(stream, 'finish'), failed]);
  return rows;
}

class TupleBuffer {
  private buffer = Buffer.allocUnsafe(CHUNK_BYTES + ROW_ROOM_BYTES);
  length = 0;

  raw(bytes: Buffer): void {
    this.room(bytes.length);
    this.length += bytes.copy(this.buffer, this.length);
  }

  int16(value: number): void {
    this.room(2);
    this.length = this.buffer.writeInt16BE(value, this.length);
  }

  tuple<Row>(columns: readonly CopiedColumn<Row>[], row: Row): void {
    this.int16(columns.length);
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!;
      const value = column.of(row);
      if (value === null) this.int32(-1);
      else this.field(column.type, value);
    }
  }

  /** What was written so far, as a buffer of its own; the writer starts again. */
  take(): Buffer {
    const taken = Buffer.from(this.buffer.subarray(0, this.length));
    this.length = 0;
    return taken;
  }

  private field(type: ColumnType, value: bigint | number | string): void {
    switch (type) {
      case 'int8':
        this.int8(value);
        return;
      case 'int4':
        this.int32(4);
        this.int32(Number(BigInt(value)));
        return;
      case 'date':
        this.int32(4);
        this.int32(dayNumber(String(value)) - POSTGRES_EPOCH_DAY);
        return;
      case 'text':
        this.text(String(value));
        return;
      case 'numeric':
        this.numeric(String(value));
        return;
    }
  }

  /** As two halves, which is several times quicker than a 64-bit number; what has more than 53 bits goes the exact way. */
  private int8(value: bigint | number | string): void {
    this.int32(8);
    const number = Number(value);
    if (Number.isSafeInteger(number)) {
      this.int32(Math.floor(number / 0x1_0000_0000));
      this.int32(number | 0);
      return;
    }
    this.room(8);
    this.length = this.buffer.writeBigInt64BE(BigInt(value), this.length);
  }

  /** Most texts are short and ASCII: they cost no call out of the language. */
  private text(text: string): void {
    if (text.length > SHORT_TEXT) return this.anyText(text);
    this.room(4 + text.length);
    const { buffer } = this;
    const begin = this.length + 4;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > LAST_ASCII) return this.anyText(text);
      buffer[begin + index] = unit;
    }
    this.int32(text.length);
    this.length += text.length;
  }

  private anyText(text: string): void {
    const bytes = Buffer.byteLength(text, 'utf8');
    this.int32(bytes);
    this.room(bytes);
    this.length += this.buffer.write(text, this.length, 'utf8');
  }

  /** PostgreSQL's numeric: groups of four decimal digits around the point. */
  private numeric(text: string): void {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (match === null) throw new RangeError(`not a decimal: ${text}`);
    const fraction = match[3] ?? '';
    const whole = (match[2] ?? '').padStart(Math.ceil((match[2] ?? '').length / 4) * 4, '0');
    const padded = whole + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0');
    const groups = padded.match(/.{4}/g) ?? [];
    this.int32(8 + groups.length * 2);
    this.int16(groups.length);
    this.int16(whole.length / 4 - 1);
    this.room(4);
    this.length = this.buffer.writeUInt16BE(match[1] === '-' ? 0x4000 : 0, this.length);
    this.int16(fraction.length);
    for (const group of groups) this.int16(Number(group));
  }

  private int32(value: number): void {
    this.room(4);
    const { buffer, length } = this;
    buffer[length] = value >>> 24;
    buffer[length + 1] = value >>> 16;
    buffer[length + 2] = value >>> 8;
    buffer[length + 3] = value;
    this.length = length + 4;
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

const dayNumbers = new Map<string, number>();
/** A file names a handful of dates a million times. */
function dayNumber(date: string): number {
  const known = dayNumbers.get(date);
  if (known !== undefined) return known;
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  // 30 February is read as 2 March by the language, and is no date.
  if (!Number.isInteger(day) || !new Date(day * DAY_MS).toISOString().startsWith(date))
    throw new RangeError(`not a date: ${date}`);
  if (dayNumbers.size > 1000) dayNumbers.clear();
  dayNumbers.set(date, day);
  return day;
}
