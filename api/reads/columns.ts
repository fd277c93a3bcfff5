/** How columns of the database leave the API: dates and instants as text, row numbers as text, fen as money. */
import { parseBusinessDate, type BusinessDate } from '../../domain/calendar/business-date';
import { yuan, type MoneyText } from '../../domain/money';

/** A date column, as Prisma reads it. */
export const dateText = (value: Date): BusinessDate => parseBusinessDate(value.toISOString().slice(0, 10));

/** A business date as Prisma compares it. */
export const dateColumn = (date: string): Date => new Date(`${date}T00:00:00.000Z`);

/**
 * SQL: a finding `f` is of the sides that a caller reads or of no side; of any where the parameter is null.
 * @param sides placeholder of the parameter, e.g. `$5`
 */
export const onSidesRead = (sides: `$${number}`): string =>
  `(${sides}::side_of_business[] is null or coalesce(side_of_finding(f) = any(${sides}), true))`;

export const instantText = (value: Date | null): string | null => value?.toISOString() ?? null;

export const moneyOrNull = (fen: bigint | null): MoneyText | null => (fen === null ? null : yuan(fen));
