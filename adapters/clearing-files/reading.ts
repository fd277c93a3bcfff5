/** What readers of dBase and text files have in common. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Finding } from '../../domain/clearing-files/finding';

/** Rows of a batch unless told otherwise. */
export const ROWS_PER_BATCH = 1_000;

/** Some rows in the order of the file, and what is wrong. A batch may have findings only. */
export interface RowBatch<Row> {
  readonly rows: readonly Row[];
  readonly findings: readonly Finding[];
}

export interface ReadingOptions {
  /** The date in the file's name, or of the day's folder for a name without date. */
  readonly businessDate: BusinessDate;
  /** The part in the file's name. */
  readonly part?: string;
  /** Rows in a batch; 1,000 unless told. */
  readonly rowsPerBatch?: number;
}

/** Findings as batches without rows. */
export function* inBatches<Row>(findings: Iterable<Finding>, size: number): Generator<RowBatch<Row>, void> {
  let batch: Finding[] = [];
  for (const found of findings) {
    batch.push(found);
    if (batch.length < size) continue;
    yield { rows: [], findings: batch };
    batch = [];
  }
  if (batch.length > 0) yield { rows: [], findings: batch };
}
