/** What the report of callbacks counts of each, over `callbacks k`: a number and the list that it opens ask the same. */
import { WAS_MISSED } from '../../activities/intake/missed-promises';

/** How many calls were made for it. */
export const CALLS_MADE = '(select count(*)::int from callback_attempts a where a.callback_no = k.callback_no)';

/** How many of them were talks. */
export const TALKS_HELD = `(select count(*)::int from callback_attempts a join callback_results r using (attempt_id)
                where a.callback_no = k.callback_no and r.result = 'reached')`;

/** Which callbacks a number is about, as a condition; calls and talks are summed over those that had any. */
export const CALLBACK_MEASURES = {
  open: `k.state <> 'ended'`,
  attempted: `${CALLS_MADE} > 0`,
  reached: `${TALKS_HELD} > 0`,
  late: `exists (select from deadlines d where d.business_key = 'callback:' || k.callback_no and ${WAS_MISSED})`,
} as const;
export type CallbackMeasure = keyof typeof CALLBACK_MEASURES;
