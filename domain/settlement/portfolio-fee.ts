/**
 * Portfolio fee (证券组合费): custody of what an account holds, charged for every calendar day.
 *
 * Source    A4 §22, facts 1.7 (tiers), S11.
 * Units     Market values in HKD E4 (quantity x price, unrounded); the fee in HKD cents, then fen at BL1 of the
 *           previous trading day.
 * Rounding  The sum of the unrounded daily fees once to the cent; CNY once from the rounded HKD.
 */
import type { BusinessDate } from '../calendar/business-date';
import { isInForce, type Dated } from '../dated';
import { BusinessError } from '../errors';
import { dividedRounded, larger, parseRate, parseScaled, PRICE_DECIMALS, RATE_ONE_E12 } from '../scaled';
import { foreignAsFen } from './clearing-amounts';

/** From HKD E4 to cents. */
const E4_PER_CENT = 100n;

/** One tier as it stands in the reference data: the slice above `aboveHkd` up to and with `upToHkd`. */
export interface PortfolioFeeTierRow extends Dated {
  readonly aboveHkd: string;
  readonly upToHkd: string | null;
  readonly ratePerYear: string;
}

export interface PortfolioFeeTier {
  readonly aboveE4: bigint;
  readonly upToE4: bigint | null;
  readonly ratePerYearE12: bigint;
}

/** A market value, and on how many calendar days it is charged. */
export interface ChargedValue {
  readonly valueE4: bigint;
  readonly days: number;
}

export interface PortfolioFee {
  readonly feeCents: bigint;
  readonly feeFen: bigint;
}

/**
 * The tiers in force on a date, lowest first.
 * @throws BusinessError NO_RATE_FOR_DATE
 */
export function portfolioFeeTiersOn(rows: readonly PortfolioFeeTierRow[], date: BusinessDate): PortfolioFeeTier[] {
  const inForce = rows.filter((row) => isInForce(row, date));
  if (inForce.length === 0) throw new BusinessError('NO_RATE_FOR_DATE', { code: 'PORTFOLIO_FEE', date });
  return inForce
    .map((row) => ({
      aboveE4: parseScaled(row.aboveHkd, PRICE_DECIMALS),
      upToE4: row.upToHkd === null ? null : parseScaled(row.upToHkd, PRICE_DECIMALS),
      ratePerYearE12: parseRate(row.ratePerYear),
    }))
    .sort((a, b) => (a.aboveE4 < b.aboveE4 ? -1 : 1));
}

/**
 * The fee of one account on one clearing day: the calendar days before T on the value of the previous trading day,
 * T on its own value. At least the minimum for an account that held anything.
 * @returns null for an account that held nothing on all the days charged: it gets no row
 */
export function portfolioFee(input: {
  readonly charged: readonly ChargedValue[];
  readonly tiers: readonly PortfolioFeeTier[];
  /** BL1 of the previous trading day. */
  readonly ratioE5: bigint;
  readonly minimumFen: bigint;
  /** The yearly rate is spread over 365 days, also in leap years. */
  readonly dayBase: bigint;
}): PortfolioFee | null {
  const charged = input.charged.filter(({ valueE4, days }) => valueE4 > 0n && days > 0);
  if (charged.length === 0) return null;
  const yearlyE16 = charged.reduce(
    (sum, { valueE4, days }) => sum + yearlyFeeE16(valueE4, input.tiers) * BigInt(days),
    0n,
  );
  const feeCents = dividedRounded(yearlyE16, E4_PER_CENT * RATE_ONE_E12 * input.dayBase);
  return { feeCents, feeFen: larger(input.minimumFen, foreignAsFen(feeCents, input.ratioE5)) };
}

/** A year's fee on one value: each slice at its own rate (超额累退). HKD E4 x rate E12 = E16, exact. */
function yearlyFeeE16(valueE4: bigint, tiers: readonly PortfolioFeeTier[]): bigint {
  let fee = 0n;
  for (const { aboveE4, upToE4, ratePerYearE12 } of tiers) {
    if (valueE4 <= aboveE4) break;
    const top = upToE4 === null || valueE4 < upToE4 ? valueE4 : upToE4;
    fee += (top - aboveE4) * ratePerYearE12;
  }
  return fee;
}
