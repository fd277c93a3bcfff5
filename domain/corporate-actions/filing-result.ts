/**
 * What became of a filing, by the result of the day (HK_YWHB): taken whole, in part, not at all, or cancelled.
 *
 * Source    corporate-actions page, step 6; facts 3.6 (states), 4.2: the clearing house scales down pro rata what is beyond a holding or an
 *           offer. It says what is left of each filing; nothing of it is computed here.
 * Units     Whole shares, signed as they were filed: of a withdrawal both are negative; of a vote the sum that is voted.
 */

/** Codes of the clearing house: 3 success, 4 failed, 6 cancelled. */
export type ResultStatus = '3' | '4' | '6';

export interface FilingResult {
  readonly state: 'success' | 'partly' | 'failed' | 'cancelled';
  /** What is confirmed of it. */
  readonly confirmed: bigint;
}

/** What is beyond what was filed, or of the other sign, is kept as it was told: people are asked about it. */
export function filingResult(status: ResultStatus, filed: bigint, confirmed: bigint): FilingResult {
  if (status === '4') return { state: 'failed', confirmed: 0n };
  if (status === '6') return { state: 'cancelled', confirmed: 0n };
  if (confirmed === filed) return { state: 'success', confirmed };
  return { state: confirmed === 0n ? 'failed' : 'partly', confirmed };
}
