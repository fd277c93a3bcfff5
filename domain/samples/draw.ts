/**
 * How many are drawn, and how many of each stratum.
 *
 * Source    Complaints page: samples are stratified by branch, reproducible, seed and population kept; the larger of 20 and 5 %.
 * Size      The share of the population, rounded up, at least so many, never more than there are.
 * Strata    By the largest remainder: each has the whole part of size x its share; what is left goes one each to the largest remainders,
 *           of equal ones to the larger stratum, then to the first by name. So the parts add up, and none has more than it holds.
 * Units     Numbers of members; the share is a percentage as decimal text.
 */
import Decimal from 'decimal.js';

export interface SampleSize {
  /** Percentage of the population, decimal text. */
  readonly percent: string;
  readonly atLeast: number;
}

export const sampleSize = (population: number, { percent, atLeast }: SampleSize): number =>
  Math.min(population, Math.max(atLeast, Number.parseInt(new Decimal(population).mul(percent).div(100).ceil().toFixed(0), 10)));

export interface Stratum {
  readonly stratum: string;
  readonly population: number;
}

/** @throws RangeError where more are asked for than there are */
export function strataSizes(strata: readonly Stratum[], size: number): ReadonlyMap<string, number> {
  const population = strata.reduce((sum, stratum) => sum + stratum.population, 0);
  if (size > population) throw new RangeError(`${size} of ${population}`);
  const parts = strata.map((stratum) => {
    // Whole numbers: size x population of a stratum stays far below the safe range.
    const product = size * stratum.population;
    const whole = population === 0 ? 0 : Math.floor(product / population);
    return { ...stratum, whole, remainder: product - whole * population };
  });
  const left = size - parts.reduce((sum, { whole }) => sum + whole, 0);
  const favoured = [...parts].sort(
    (one, other) =>
      other.remainder - one.remainder || other.population - one.population || (one.stratum < other.stratum ? -1 : 1),
  );
  const more = new Set(favoured.slice(0, left).map(({ stratum }) => stratum));
  return new Map(parts.map(({ stratum, whole }) => [stratum, whole + (more.has(stratum) ? 1 : 0)]));
}
