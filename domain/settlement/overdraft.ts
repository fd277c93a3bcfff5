/**
 * Fund accounts below zero: overdraft, its cause, the advance from the cushion, penalty interest as shown.
 *
 * Source    S18, S19, A4 §28, §33, §36, §38-40.
 * Units     Fen; the yearly rate in E12.
 * Rounding  Penalty interest accrues without rounding; only what is shown is rounded, half away from zero.
 */
import { dividedRounded, larger, notBelowZero, RATE_ONE_E12 } from '../scaled';

export type OverdraftCause = 'fx' | 'portfolioFee' | 'delayedSettlement' | 'other';

/** What can explain an overdraft. */
export interface OverdraftParts {
  /** Payables booked today above their freezes. */
  readonly fxFen: bigint;
  /** Portfolio fee booked today. */
  readonly portfolioFeeFen: bigint;
  /** Receipts postponed from today. */
  readonly delayedSettlementFen: bigint;
}

/** Overdraft = the balance below zero, after trades, fee, entitlements and repayment of the evening. */
export const overdraftFen = (balanceFen: bigint): bigint => notBelowZero(-balanceFen);

/** The FX part = payables booked today - what was frozen for them, not below zero. */
export const fxPartFen = (payablesBookedFen: bigint, frozenForThemFen: bigint): bigint =>
  notBelowZero(payablesBookedFen - frozenForThemFen);

/**
 * The cause: the largest part if it reaches half of the overdraft, else `other`. Equal parts: FX before portfolio
 * fee before delayed settlement.
 */
export function overdraftCause(amountFen: bigint, parts: OverdraftParts): OverdraftCause {
  const { fxFen, portfolioFeeFen, delayedSettlementFen } = parts;
  const largest = larger(fxFen, larger(portfolioFeeFen, delayedSettlementFen));
  if (largest === 0n || largest * 2n < amountFen) return 'other';
  if (fxFen === largest) return 'fx';
  return portfolioFeeFen === largest ? 'portfolioFee' : 'delayedSettlement';
}

/** The advance of the next business morning: the whole overdraft, the balance is zero after it. */
export const advanceFen = (balanceFen: bigint): bigint => overdraftFen(balanceFen);

/**
 * Penalty interest as shown = sum of principal x days x yearly rate / day base; simple, never reset by a repayment.
 * @param dayBase days of an interest year, 360
 */
export function penaltyInterestFen(sumOfPrincipalDaysFen: bigint, ratePerYearE12: bigint, dayBase: bigint): bigint {
  return dividedRounded(sumOfPrincipalDaysFen * ratePerYearE12, RATE_ONE_E12 * dayBase);
}
