/**
 * Risk-control money of an evening: mark-to-market (差额缴款) and margin (按金) on what is not yet settled.
 *
 * Source    A4 §25, S15, facts 1.5. Per side, over trades with JSRQ after D, split-adjusted, at D's close.
 * Units     Quantities in shares, closes in HKD E4, considerations in HKD cents, rates in E12; results in fen.
 * Rounding  Computed in HKD without rounding; each result x BL1 of D is rounded once.
 *
 * The sums over trades and accounts are the database's work; these are the formulas on top of them.
 */
import type { BusinessDate } from '../calendar/business-date';
import { isInForce, rowInForce, type Dated } from '../dated';
import { BusinessError } from '../errors';
import { dividedRounded, larger, notBelowZero, parseRate, RATE_ONE_E12, RATIO_ONE_E5 } from '../scaled';

/** What one side has not yet settled in one security. */
export interface UnsettledSecurity {
  readonly code: string;
  readonly closeE4: bigint;
  /** Purchases less sales over all accounts. */
  readonly netQuantity: bigint;
  /** Consideration of the purchases less that of the sales, cents. */
  readonly netConsiderationCents: bigint;
  /** Sum over the accounts that are net buyers of it. */
  readonly longQuantity: bigint;
  /** Sum over the accounts that are net sellers of it, unsigned. */
  readonly shortQuantity: bigint;
  /** Whole settled holding of the accounts that are net sellers of it. */
  readonly heldByNetSellers: bigint;
}

/** One row of the margin models in force over time. */
export interface MarginModelRow extends Dated {
  readonly model: 'flat22' | 'rpf';
  /** Only of the flat model. */
  readonly rate: string | null;
  readonly multiplier: string | null;
}

/** Margin rate of one security from a date on, as the clearing house's parameter file gives it. */
export interface SecurityRiskRate {
  readonly code: string;
  readonly rateE12: bigint;
  readonly from: BusinessDate;
}

/** The margin model in force, ready for use. */
export type MarginModel =
  { readonly model: 'flat22'; readonly rateE12: bigint; readonly multiplierE12: bigint } | { readonly model: 'rpf' };

/** From HKD E4 x ratio E5 to fen. */
const E4_E5_PER_FEN = 100n * RATIO_ONE_E5;
const E4_PER_CENT = 100n;

/**
 * Mark-to-market = max(0, -sum over trades of (value - consideration) for purchases and (consideration - value) for
 * sales). Securities offset each other unless the parameter says otherwise.
 */
export function markToMarketFen(input: {
  readonly securities: readonly UnsettledSecurity[];
  /** BL1 of D. */
  readonly ratioE5: bigint;
  readonly nettedOverSecurities: boolean;
}): bigint {
  // Over the trades of one security the sum is net quantity x close - net consideration; below zero it is a loss.
  const losses = input.securities.map(
    ({ netQuantity, closeE4, netConsiderationCents }) => netConsiderationCents * 100n - netQuantity * closeE4,
  );
  const counted = input.nettedOverSecurities ? losses : losses.map(notBelowZero);
  const lossE4 = notBelowZero(counted.reduce((sum, loss) => sum + loss, 0n));
  return dividedRounded(lossE4 * input.ratioE5, E4_E5_PER_FEN);
}

/**
 * Margin since 2022-06-13, model rpf: sum over securities of exposure x close x rate.
 * @throws BusinessError NO_RATE_FOR_DATE for a security with exposure and without a rate
 */
export function rpfMarginFen(input: {
  readonly securities: readonly UnsettledSecurity[];
  readonly rates: readonly SecurityRiskRate[];
  readonly date: BusinessDate;
  readonly ratioE5: bigint;
}): bigint {
  const rateOf = newestRates(input.rates, input.date);
  const marginE16 = input.securities.reduce((sum, security) => {
    const exposure = rpfExposure(security);
    if (exposure === 0n) return sum;
    const rateE12 = rateOf.get(security.code);
    if (rateE12 === undefined) {
      throw new BusinessError('NO_RATE_FOR_DATE', { code: `MARGIN ${security.code}`, date: input.date });
    }
    return sum + exposure * security.closeE4 * rateE12;
  }, 0n);
  return dividedRounded(marginE16 * input.ratioE5, E4_E5_PER_FEN * RATE_ONE_E12);
}

/** Exposure in shares: the net quantity if long; if short, what the shares held by net sellers do not cover. */
export function rpfExposure(security: UnsettledSecurity): bigint {
  if (security.netQuantity > 0n) return security.netQuantity;
  return notBelowZero(-security.netQuantity - security.heldByNetSellers);
}

/** Margin until 2022-06-12, model flat22: margin position x rate x multiplier. */
export function flatMarginFen(input: {
  readonly securities: readonly UnsettledSecurity[];
  readonly rateE12: bigint;
  readonly multiplierE12: bigint;
  readonly ratioE5: bigint;
}): bigint {
  const { longE4, shortE4, collateralE4 } = unsettledValues(input.securities);
  const positionE4 = notBelowZero(larger(longE4 - collateralE4, shortE4 - collateralE4));
  const exact = positionE4 * input.rateE12 * input.multiplierE12 * input.ratioE5;
  return dividedRounded(exact, E4_E5_PER_FEN * RATE_ONE_E12 * RATE_ONE_E12);
}

/** Unsettled long and short value and the collateral as the day report shows them: HKD cents, each rounded once (S2). */
export function unsettledValuesCents(securities: readonly UnsettledSecurity[]): {
  readonly longCents: bigint;
  readonly shortCents: bigint;
  readonly collateralCents: bigint;
} {
  const { longE4, shortE4, collateralE4 } = unsettledValues(securities);
  return {
    longCents: dividedRounded(longE4, E4_PER_CENT),
    shortCents: dividedRounded(shortE4, E4_PER_CENT),
    collateralCents: dividedRounded(collateralE4, E4_PER_CENT),
  };
}

/** The same in HKD E4, not rounded: what the flat model computes with. */
function unsettledValues(securities: readonly UnsettledSecurity[]): {
  readonly longE4: bigint;
  readonly shortE4: bigint;
  readonly collateralE4: bigint;
} {
  const valueOf = (quantity: (security: UnsettledSecurity) => bigint) =>
    securities.reduce((sum, security) => sum + quantity(security) * security.closeE4, 0n);
  return {
    longE4: valueOf(({ longQuantity }) => longQuantity),
    shortE4: valueOf(({ shortQuantity }) => shortQuantity),
    collateralE4: valueOf(({ heldByNetSellers }) => heldByNetSellers),
  };
}

/**
 * The margin model in force on a date.
 * @throws BusinessError NO_RATE_FOR_DATE
 */
export function marginModelOn(rows: readonly MarginModelRow[], date: BusinessDate): MarginModel {
  const row = rowInForce(rows, date);
  if (row === undefined) throw new BusinessError('NO_RATE_FOR_DATE', { code: 'MARGIN_MODEL', date });
  return row.model === 'rpf' ? { model: 'rpf' } : flatModel(row);
}

/**
 * The flat model as it was last in force on or before a date: also answers what the 2014 model would have asked.
 * @throws BusinessError NO_RATE_FOR_DATE
 */
export function flatModelOn(
  rows: readonly MarginModelRow[],
  date: BusinessDate,
): Extract<MarginModel, { model: 'flat22' }> {
  const known = rows.filter((row) => row.model === 'flat22' && row.validFrom <= date);
  const row = known.find((candidate) => isInForce(candidate, date)) ?? newest(known, ({ validFrom }) => validFrom);
  if (row === undefined) throw new BusinessError('NO_RATE_FOR_DATE', { code: 'MARGIN_MODEL', date });
  return flatModel(row);
}

function flatModel(row: MarginModelRow): Extract<MarginModel, { model: 'flat22' }> {
  if (row.rate === null || row.multiplier === null) throw new RangeError('the flat model has a rate and a multiplier');
  return { model: 'flat22', rateE12: parseRate(row.rate), multiplierE12: parseRate(row.multiplier) };
}

/** The newest rate of each security that is in force on a date. */
function newestRates(rates: readonly SecurityRiskRate[], date: BusinessDate): Map<string, bigint> {
  const inForce = rates.filter(({ from }) => from <= date).sort((a, b) => (a.from < b.from ? -1 : 1));
  return new Map(inForce.map(({ code, rateE12 }) => [code, rateE12]));
}

function newest<T>(rows: readonly T[], date: (row: T) => string): T | undefined {
  return [...rows].sort((a, b) => (date(a) < date(b) ? 1 : -1))[0];
}

/**
 * What a side pays: its marks in full, and of its margin what exceeds the credit that the clearing house grants.
 *
 * Source    A4 §25; facts 1.5 (margin credit of HKSCC; none unless it is passed on).
 * Units     Fen, none below zero.
 */
export const riskMoneyPayableFen = (of: {
  readonly markToMarketFen: bigint;
  readonly marginFen: bigint;
  readonly creditFen: bigint;
}): bigint => of.markToMarketFen + notBelowZero(of.marginFen - of.creditFen);
