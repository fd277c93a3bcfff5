/**
 * The date of every live row against the date of the file: one finding where every row differs, else one for each row
 * that does.
 *
 * Which of the two it is shows only at the end of the file. Rows that differ are therefore kept as runs of one value: a
 * file of the wrong day is one run, however many rows it has.
 */
import { finding, type Finding } from '../../domain/clearing-files/finding';

export interface RowDates {
  /** Takes the date of the next live row. */
  readonly take: (row: number, value: string) => void;
  /** The findings at the end of the file. */
  readonly findings: () => Iterable<Finding>;
}

/**
 * @param field the date field, undefined for a layout without one
 * @param expected the date of the file, as the field writes it
 */
export function rowDates(field: string | undefined, expected: string): RowDates {
  /** Three numbers a run: which value, first row, last row. A file in which every row is odd in its own way costs no more. */
  const runs: number[] = [];
  const values: string[] = [];
  const places = new Map<string, number>();
  let rows = 0;
  let different = 0;
  if (field === undefined) return { take: () => undefined, findings: () => [] };
  const placeOf = (value: string): number => {
    const known = places.get(value);
    if (known !== undefined) return known;
    places.set(value, values.length);
    return values.push(value) - 1;
  };
  return {
    take(row, value) {
      rows++;
      if (value === expected) return;
      different++;
      const last = runs.length - 1;
      if (runs[last] === row - 1 && values[runs[last - 2]!] === value) runs[last] = row;
      else runs.push(placeOf(value), row, row);
    },
    *findings() {
      const [firstValue = 0, firstRow = 0] = runs;
      if (different > 1 && different === rows) {
        yield finding('DATE_MISMATCH', { field, count: different, firstRow, value: values[firstValue]! });
        return;
      }
      // The only row of a file is both: "every row" and this row.
      const count = different === rows ? { count: 1 } : {};
      for (let run = 0; run < runs.length; run += 3) {
        const value = values[runs[run]!]!;
        for (let row = runs[run + 1]!; row <= runs[run + 2]!; row++) {
          yield finding('DATE_MISMATCH', { row, field, value, ...count });
        }
      }
    },
  };
}
