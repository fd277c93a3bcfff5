/** Rows of one file that have the key of an earlier row, for files whose keys fit in memory. */
import { finding, type Finding } from '../../domain/clearing-files/finding';
import type { Layout } from './layouts/layout';

/** Files with more rows have their keys compared in the database. */
export const MOST_ROWS_IN_MEMORY = 50_000;

/**
 * DUPLICATE_KEY for every later row with the key of an earlier one; none for a layout without a key.
 * @throws RangeError for more than MOST_ROWS_IN_MEMORY rows
 */
export function duplicateKeys(
  rows: readonly ({ readonly row: number } & Readonly<Record<string, unknown>>)[],
  layout: Pick<Layout, 'keyFields'>,
): readonly Finding[] {
  if (rows.length > MOST_ROWS_IN_MEMORY) throw new RangeError(`at most ${MOST_ROWS_IN_MEMORY} rows are held in memory`);
  const { keyFields } = layout;
  if (keyFields.length === 0) return [];
  const field = keyFields.join('+');
  const firstRows = new Map<string, number>();
  const found: Finding[] = [];
  for (const row of rows) {
    const key = keyFields.map((name) => String(row[name]));
    const joined = JSON.stringify(key);
    const firstRow = firstRows.get(joined);
    if (firstRow === undefined) firstRows.set(joined, row.row);
    else found.push(finding('DUPLICATE_KEY', { row: row.row, field, firstRow, key, value: key.join('+') }));
  }
  return found;
}
