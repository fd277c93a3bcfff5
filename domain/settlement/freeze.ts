/**
 * Money frozen for purchases, and its correction by the final rates.
 *
 * Source    S7, A4 §37.
 * Units     Fen; consideration and fees in HKD cents; the reference rate HL1 in E5.
 * Rounding  The frozen consideration with fees once; the commission by itself (S5).
 */
import { foreignAsFen } from './clearing-amounts';
import { commissionFen, type CommissionTerms } from './commission';

/** Freeze of a purchase in the day = round((consideration + fees) x HL1) + commission at HL1. Sales freeze nothing. */
export function intradayFreezeFen(input: {
  readonly considerationCents: bigint;
  readonly totalFeesCents: bigint;
  /** HL1, the reference rate for freezing purchases. */
  readonly referenceRatioE5: bigint;
  readonly commission: CommissionTerms;
}): bigint {
  const { considerationCents, totalFeesCents, referenceRatioE5, commission } = input;
  return (
    foreignAsFen(considerationCents + totalFeesCents, referenceRatioE5) +
    commissionFen(considerationCents, referenceRatioE5, commission)
  );
}

/** Pre-clearing payable of a purchase = -YSFJE + commission. */
export const preClearingPayableFen = (receivableFen: bigint, rowCommissionFen: bigint): bigint =>
  rowCommissionFen - receivableFen;

/** Pre-clearing receivable of a sale = YSFJE - commission (S17: in transit less commission). */
export const preClearingReceivableFen = (receivableFen: bigint, rowCommissionFen: bigint): bigint =>
  receivableFen - rowCommissionFen;

/** Correction of the freeze = sum of payables - sum frozen in the day; above zero freezes more, below releases. */
export const freezeCorrectionFen = (payablesFen: bigint, frozenFen: bigint): bigint => payablesFen - frozenFen;
