/**
 * Reads a dBase file in batches of rows, with everything that its structure and its single values show to be wrong.
 *
 * Memory does not grow with the file: one buffer of a batch, one batch of rows. A file that is refused yields no more rows
 * from the batch on in which that shows; all its findings follow.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { finding, refuses, type Finding } from '../../domain/clearing-files/finding';
import { LONGEST_HEADER, readStructure, type DbfStructure, type StructureReading } from './dbf-structure';
import type { DbfLayout, RowOf } from './layouts/layout';
import { inBatches, ROWS_PER_BATCH, type ReadingOptions, type RowBatch } from './reading';
import { badDeletionMark, recordDecoder } from './record-decoder';
import { wholeFileChecks, type GoodRow } from './whole-file-checks';

export type { ReadingOptions, RowBatch } from './reading';

const LIVE = 0x20;
const DELETED = 0x2a;

/**
 * Reads a file. Structure first: a file refused there is one batch of findings. Then BAD_ENCODING and BAD_VALUE of every
 * row with their batch. At the end DELETED_ROWS and DATE_MISMATCH, unless a value was refused.
 *
 * Rows: N fields as bigint scaled by their decimals, C fields as text without trailing blanks; deleted rows are counted
 * and not decoded.
 * @throws Error of the file system, also where the file shrinks while it is read
 */
export async function* readDbf<L extends DbfLayout>(
  path: string,
  layout: L,
  options: ReadingOptions,
): AsyncGenerator<RowBatch<RowOf<L>>, void> {
  const file = await open(path, 'r');
  try {
    const { structure, findings } = await structureOf(file, layout);
    if (findings.length > 0) yield { rows: [], findings };
    if (structure !== undefined) yield* batches<L>(file, layout, structure, options);
  } finally {
    await file.close();
  }
}

async function structureOf(file: FileHandle, layout: DbfLayout): Promise<StructureReading> {
  const { size } = await file.stat();
  const head = await bytesAt(file, 0, Buffer.alloc(Math.min(size, LONGEST_HEADER)));
  const lastByte = await bytesAt(file, Math.max(0, size - 1), Buffer.alloc(Math.min(size, 1)));
  return readStructure(head, size, lastByte[0] ?? 0, layout);
}

async function* batches<L extends DbfLayout>(
  file: FileHandle,
  layout: L,
  structure: DbfStructure,
  options: ReadingOptions,
): AsyncGenerator<RowBatch<RowOf<L>>, void> {
  const { part, rowsPerBatch = ROWS_PER_BATCH } = options;
  const { headerBytes, recordBytes, recordCount } = structure;
  const checks = wholeFileChecks(layout, options);
  const buffer = Buffer.allocUnsafe(Math.min(rowsPerBatch, recordCount) * recordBytes);
  let findings: Finding[] = [];
  const decode = recordDecoder(layout, structure, part, (found) => findings.push(found));
  let isRefused = false;
  let deleted = 0;

  for (let done = 0; done < recordCount; done += rowsPerBatch) {
    const count = Math.min(rowsPerBatch, recordCount - done);
    await bytesAt(file, headerBytes + done * recordBytes, buffer.subarray(0, count * recordBytes));
    findings = [];
    const rows: RowOf<L>[] = [];
    let isNewBuffer = true;
    for (let index = 0; index < count; index++) {
      const offset = index * recordBytes;
      const number = done + index + 1;
      const mark = buffer[offset]!;
      if (mark === DELETED) deleted++;
      else if (mark !== LIVE) findings.push(badDeletionMark(mark, number));
      else {
        const row = decode(buffer, offset, number, isNewBuffer);
        isNewBuffer = false;
        if (row === undefined) continue;
        const found = checks.take(row as GoodRow);
        if (found.length > 0) findings.push(...found);
        rows.push(row as RowOf<L>);
      }
    }
    isRefused ||= refuses(findings);
    if (!isRefused || findings.length > 0) yield { rows: isRefused ? [] : rows, findings };
  }

  if (isRefused) return;
  if (deleted > 0) yield { rows: [], findings: [finding('DELETED_ROWS', { count: deleted })] };
  yield* inBatches(checks.findings(), rowsPerBatch);
}

/** Fills the buffer from a position of the file. */
async function bytesAt(file: FileHandle, position: number, buffer: Buffer): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    filled += bytesRead;
  }
  return buffer;
}
