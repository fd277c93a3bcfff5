/**
 * What a default at the clearing house costs.
 *
 * Source    A4 §41, S14.
 * Units     Fen; rates in E12. Amounts are those of the first day of failure. Days are calendar days, the day of
 *           default included, the day of cover not, at least one.
 * Rounding  Penalty and interest once each, half away from zero.
 */
import { daysBetween, type BusinessDate } from '../calendar/business-date';
import { dividedRounded, larger, notBelowZero, RATE_ONE_E12 } from '../scaled';

/** What is missing after a batch = the balance below zero. */
export const shortfallFen = (balanceAfterBatchFen: bigint): bigint => notBelowZero(-balanceAfterBatchFen);

/**
 * Days in default.
 * @throws RangeError when the cover lies before the default
 */
export function daysInDefault(defaultDate: BusinessDate, coverDate: BusinessDate): number {
  const days = daysBetween(defaultDate, coverDate);
  if (days < 0) throw new RangeError(`a default of ${defaultDate} cannot be covered on ${coverDate}`);
  return Math.max(1, days);
}

/** Penalty = max(intraday default, end-of-day default) x penalty rate per day x days. */
export function defaultPenaltyFen(input: {
  readonly intradayDefaultFen: bigint;
  readonly endOfDayDefaultFen: bigint;
  readonly penaltyRatePerDayE12: bigint;
  readonly days: number;
}): bigint {
  const base = larger(input.intradayDefaultFen, input.endOfDayDefaultFen);
  return dividedRounded(base * input.penaltyRatePerDayE12 * BigInt(input.days), RATE_ONE_E12);
}

/** Interest = end-of-day default x reserve interest rate per year x days / day base (360). */
export function defaultInterestFen(input: {
  readonly endOfDayDefaultFen: bigint;
  readonly reserveRatePerYearE12: bigint;
  readonly days: number;
  /** Days of an interest year, 360. */
  readonly dayBase: bigint;
}): bigint {
  const exact = input.endOfDayDefaultFen * input.reserveRatePerYearE12 * BigInt(input.days);
  return dividedRounded(exact, RATE_ONE_E12 * input.dayBase);
}
