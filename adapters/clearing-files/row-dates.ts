/**
 * The date of every live row against the date of the file: one finding where every row differs, else one for each row
 * that does.
 *
 * Which of the two it is shows only at the end of the file. Rows that differ are therefore kept as runs of one value: a
 * file of the wrong day is one run, however many rows it has.
 */
import { finding, type Finding } from '../../domain/clearing-files/finding';

interface Run {
  readonly value: string;
  readonly first: number;
  last: number;
}

export interface RowDates {
  /** Takes the date of the next live row. */
  readonly take: (row: number, value: string) => void;
  /** The findings at the end of the file. */
  readonly findings: () => readonly Finding[];
}

/**
 * @param field the date field, undefined for a layout without one
 * @param expected the date of the file, as the field writes it
 */
export function rowDates(field: string | undefined, expected: string): RowDates {
  const runs: Run[] = [];
  let rows = 0;
  let different = 0;
  if (field === undefined) return { take: () => undefined, findings: () => [] };
  return {
    take(row, value) {
      rows++;
      if (value === expected) return;
      different++;
      const run = runs.at(-1);
      if (run?.value === value && run.last === row - 1) run.last = row;
      else runs.push({ value, first: row, last: row });
    },
    findings() {
      if (different > 1 && different === rows) {
        return [finding('DATE_MISMATCH', { field, count: different, firstRow: runs[0]!.first, value: runs[0]!.value })];
      }
      // The only row of a file is both: "every row" and this row.
      const count = different === rows ? { count: 1 } : {};
      return runs.flatMap(({ value, first, last }) =>
        Array.from({ length: last - first + 1 }, (_, index) =>
          finding('DATE_MISMATCH', { row: first + index, field, value, ...count }),
        ),
      );
    },
  };
}
