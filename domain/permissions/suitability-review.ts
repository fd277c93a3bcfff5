/**
 * What follows where whoever holds a permission is judged again (A2 §16). What a new answer to the questionnaire cures is reminded of once;
 * where it was reminded of in vain, or anything else no longer holds, the suspension of buying is asked for, and people decide.
 */

/** Conditions that a new answer to the questionnaire cures. */
export const CURED_BY_QUESTIONNAIRE = [
  'RISK_RESULT_MISSING',
  'RISK_QUESTIONNAIRE_NOT_NEWEST',
  'RISK_RESULT_EXPIRED',
] as const;

export type ReviewOutcome = 'suitable' | 'reminded' | 'suspension asked';

/** @param before what came of the review before, where there was one */
export function outcomeOfReview(codes: readonly string[], before: string | undefined): ReviewOutcome {
  if (codes.length === 0) return 'suitable';
  const isCurable = codes.every((code) => (CURED_BY_QUESTIONNAIRE as readonly string[]).includes(code));
  return isCurable && before !== 'reminded' ? 'reminded' : 'suspension asked';
}
