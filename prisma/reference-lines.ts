/** Lines of a reviewed CSV file, each value asked for in the form that it must have. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { BusinessDate } from '../domain/calendar/business-date';

/** One line of a file: its values by column, each asked for in the form it must have. */
export interface Line {
  readonly text: (column: string) => string;
  readonly optional: (column: string) => string | null;
  readonly decimal: (column: string) => string;
  readonly optionalDecimal: (column: string) => string | null;
  readonly count: (column: string) => number;
  readonly optionalCount: (column: string) => number | null;
  readonly date: (column: string) => BusinessDate;
  readonly oneOf: <T extends string>(column: string, values: readonly T[]) => T;
  readonly dated: () => {
    readonly validFrom: BusinessDate;
    readonly validTo: BusinessDate | null;
    readonly source: string;
  };
}

/** @throws RangeError naming file, line and column of what cannot be read */
export function linesOf(path: string, file: string): Line[] {
  const records: Record<string, string>[] = parse(readFileSync(path), { columns: true, bom: true });
  return records.map((record, index) => lineOf(record, `${file} line ${index + 2}`));
}

function lineOf(record: Readonly<Record<string, string>>, place: string): Line {
  const wrong = (column: string, expected: string) =>
    new RangeError(`${place}, column ${column}: "${record[column] ?? ''}" is not ${expected}`);
  const value = (column: string): string => {
    const found = record[column];
    if (found === undefined) throw new RangeError(`${place}: the column ${column} is missing`);
    return found;
  };
  const matching = (column: string, form: RegExp, expected: string): string => {
    const found = value(column);
    if (!form.test(found)) throw wrong(column, expected);
    return found;
  };
  const decimal = (column: string) => matching(column, /^-?\d+(\.\d+)?$/, 'a decimal number');
  const count = (column: string) => Number.parseInt(matching(column, /^\d+$/, 'a count'), 10);
  const date = (column: string) => matching(column, /^\d{4}-\d{2}-\d{2}$/, 'a date') as BusinessDate;
  const orNull = <T>(column: string, read: (column: string) => T) => (value(column) === '' ? null : read(column));
  return {
    text: (column) => matching(column, /\S/, 'text'),
    optional: (column) => orNull(column, value),
    decimal,
    optionalDecimal: (column) => orNull(column, decimal),
    count,
    optionalCount: (column) => orNull(column, count),
    date,
    oneOf: (column, values) => {
      const found = values.find((candidate) => candidate === value(column));
      if (found === undefined) throw wrong(column, `one of ${values.join(', ')}`);
      return found;
    },
    dated: () => ({
      validFrom: date('valid_from'),
      validTo: orNull('valid_to', date),
      source: matching('source', /\S/, 'text'),
    }),
  };
}
