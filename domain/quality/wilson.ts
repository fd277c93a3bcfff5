/**
 * How sure a measured rate is: the score interval of Wilson (1927).
 *
 * Formula   centre (k + z²/2) / (n + z²), half width z/(n + z²) · √(k(n − k)/n + z²/4), for k of n; it stays between 0 and 1, also near
 *           them, where the simple interval does not.
 * Level     95 %: z = 1.959963984540054 (the 97.5 % quantile of the standard normal distribution).
 * Rounding  Half away from zero to four decimals, once, at the end.
 */
import Decimal from 'decimal.js';

const Z = new Decimal('1.959963984540054');
const PLACES = 4;
/** Digits while computing: far more than are told. */
const exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

export interface Rate {
  /** Decimal text with four decimals, of 1. */
  readonly rate: string;
  readonly from: string;
  readonly to: string;
}

/** Null where nobody answered: then there is no rate. */
export function wilson(satisfied: number, answers: number): Rate | null {
  if (satisfied > answers || satisfied < 0) throw new RangeError(`${satisfied} of ${answers}`);
  if (answers === 0) return null;
  const [k, n, z] = [new exact(satisfied), new exact(answers), new exact(Z)];
  const square = z.mul(z);
  const below = n.add(square);
  const centre = k.add(square.div(2)).div(below);
  const half = z.div(below).mul(k.mul(n.sub(k)).div(n).add(square.div(4)).sqrt());
  // Of none and of all centre and half width are equal to the last digit but one: below zero there is nothing.
  return { rate: told(k.div(n)), from: told(exact.max(0, centre.sub(half))), to: told(exact.min(1, centre.add(half))) };
}

const told = (value: Decimal): string => value.toFixed(PLACES, Decimal.ROUND_HALF_UP);

/** A ratio in ten thousandths, half away from zero; null of nothing. */
export const ratioE4 = (numerator: number, denominator: number): number | null =>
  denominator === 0
    ? null
    : Number.parseInt(new exact(numerator).mul(10_000).div(denominator).toFixed(0, Decimal.ROUND_HALF_UP), 10);
