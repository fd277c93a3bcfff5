/** A clearing file by its layout, whatever its format: in batches, whole, or only its fingerprint. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { countingFindings, type Finding } from '../../domain/clearing-files/finding';
import { securitiesBalanceFindings, settlementDetailFindings } from '../../domain/clearing-files/row-checks';
import type { SecuritiesBalance, SettlementDetail } from '../../domain/clearing-files/row-checks';
import { readDbf } from './dbf-reader';
import { duplicateKeys, MOST_ROWS_IN_MEMORY } from './duplicate-keys';
import type { Layout, RowOf } from './layouts/layout';
import type { ReadingOptions, RowBatch } from './reading';
import { readTextFile } from './text-reader';

/** The rows of a file in batches, with what structure and single values show to be wrong. Memory stays constant. */
export function readBatches<L extends Layout>(
  path: string,
  layout: L,
  options: ReadingOptions,
): AsyncGenerator<RowBatch<RowOf<L>>, void> {
  const reading = layout.format === 'dbf' ? readDbf(path, layout, options) : readTextFile(path, layout, options);
  return reading as AsyncGenerator<RowBatch<RowOf<L>>, void>;
}

/** What the checks of single rows find in one row of a file of this layout. */
export function rowFindings<L extends Layout>(layout: L, row: RowOf<L>): readonly Finding[] {
  const { rowChecks } = layout;
  if (rowChecks === 'settlement details') return settlementDetailFindings(row as unknown as SettlementDetail);
  if (rowChecks === 'securities balances') return securitiesBalanceFindings(row as unknown as SecuritiesBalance);
  return [];
}

/**
 * A whole file with every finding that the file alone shows, in the order of their discovery: structure, values, deleted
 * rows, dates, keys, rows. The rows of a refused file are not complete.
 * @throws RangeError for more than MOST_ROWS_IN_MEMORY rows: such a file is read in batches
 */
export async function readWhole<L extends Layout>(
  path: string,
  layout: L,
  options: ReadingOptions,
): Promise<{ readonly rows: readonly RowOf<L>[]; readonly findings: readonly Finding[] }> {
  const rows: RowOf<L>[] = [];
  const findings: Finding[] = [];
  for await (const batch of readBatches(path, layout, options)) {
    rows.push(...batch.rows);
    findings.push(...batch.findings);
    if (rows.length > MOST_ROWS_IN_MEMORY)
      throw new RangeError(`${layout.kind} has more than ${MOST_ROWS_IN_MEMORY} rows`);
  }
  findings.push(...duplicateKeys(rows, layout));
  for (const row of rows) findings.push(...rowFindings(layout, row));
  return { rows, findings: countingFindings(findings) };
}

/** SHA-256 of a file's bytes as 64 hexadecimal digits. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
