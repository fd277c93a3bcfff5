/** What the report of callbacks counts of each, over `callbacks k`: a number and the list that it opens ask the same. */
import { WAS_MISSED } from '../../activities/intake/missed-promises';
import { withKey } from '../../activities/database/promises-found';

/**
 * SQL: calls made for the callback `k`, talks among them, and what else is asked of its attempts `a` with their results `r`, as `calls`: one look
 * for each callback, however many there are.
 */
export const callsOf = (also = ''): string =>
  `lateral (select count(*)::int as attempts, count(*) filter (where r.result = 'reached')::int as reached${also}
              from callback_attempts a left join callback_results r using (attempt_id) where a.callback_no = k.callback_no) calls`;

/** Which callbacks a number is about, as a condition; calls and talks are summed over those that had any. */
export const CALLBACK_MEASURES = {
  open: `k.state <> 'ended'`,
  attempted: 'exists (select from callback_attempts a where a.callback_no = k.callback_no)',
  reached: `exists (select from callback_attempts a join callback_results r using (attempt_id)
              where a.callback_no = k.callback_no and r.result = 'reached')`,
  late: `exists (select from deadlines d where ${withKey('d', `('callback:' || k.callback_no)`)} and ${WAS_MISSED})`,
} as const;
export type CallbackMeasure = keyof typeof CALLBACK_MEASURES;
