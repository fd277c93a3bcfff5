/**
 * Receivable and payable of one trade, in its currency and in CNY.
 *
 * Source    S1 (which ratio), S2, S3; checks AMOUNT_INCONSISTENT and AMOUNT_TOLERANCE of the clearing files.
 * Units     Cents of the trade's currency, fen, ratios in E5 (CNY for one unit). Receivable +, payable -.
 * Rounding  CNY once, half away from zero.
 */
import type { TradeSide } from '../channel';
import { dividedRounded, RATIO_ONE_E5 } from '../scaled';

/** The two settlement ratios of a day, CNY for one HKD (notice H05: BL1 and BL2). */
export interface SettlementRatios {
  readonly buyRatioE5: bigint;
  readonly sellRatioE5: bigint;
}

/** How far a CNY amount of the file lies from round(WBYSF x WBHL). */
export type AmountAgreement = 'exact' | 'off by one cent' | 'further';

/** The ratio of a trade row: purchases use BL1, sales BL2 (S1). Nothing assumes which of the two is larger. */
export function ratioForTrade(side: TradeSide, ratios: SettlementRatios): bigint {
  return side === 'B' ? ratios.buyRatioE5 : ratios.sellRatioE5;
}

/** WBYSF: a purchase pays consideration and fees, a sale receives the consideration less its fees (may be below zero). */
export function netForeignCents(side: TradeSide, considerationCents: bigint, totalFeesCents: bigint): bigint {
  return side === 'B' ? -(considerationCents + totalFeesCents) : considerationCents - totalFeesCents;
}

/** An amount in foreign currency as CNY at a ratio, rounded once: YSFJE = round(WBYSF x WBHL). */
export function foreignAsFen(foreignCents: bigint, ratioE5: bigint): bigint {
  return dividedRounded(foreignCents * ratioE5, RATIO_ONE_E5);
}

/** Compares the file's YSFJE with round(WBYSF x WBHL): one cent is a break, more refuses the file. */
export function amountAgreement(fileFen: bigint, foreignCents: bigint, ratioE5: bigint): AmountAgreement {
  const difference = fileFen - foreignAsFen(foreignCents, ratioE5);
  if (difference === 0n) return 'exact';
  return difference === 1n || difference === -1n ? 'off by one cent' : 'further';
}
