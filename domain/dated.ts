/** Reference rows that are in force from a first day (included) until a last day (excluded). */
import type { BusinessDate } from './calendar/business-date';

/** A dated row; an open end is `null`. Dates compare as text because they are written YYYY-MM-DD. */
export interface Dated {
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** Whether a dated row is in force on a date: validFrom <= date < validTo. */
export function isInForce(row: Dated, date: BusinessDate): boolean {
  return row.validFrom <= date && (row.validTo === null || date < row.validTo);
}

/**
 * The one row in force on a date, or nothing.
 * @throws RangeError when two are in force: reference data that overlaps is our own mistake.
 */
export function rowInForce<T extends Dated>(rows: readonly T[], date: BusinessDate): T | undefined {
  const inForce = rows.filter((row) => isInForce(row, date));
  if (inForce.length > 1) throw new RangeError(`${inForce.length} rows are in force on ${date}`);
  return inForce[0];
}
