/** Step 2: all conditions of the permission are judged, and all that are not met are told together with their cure (A2 §7). */
import type { Pool } from 'pg';
import { actOnRequest, requireStep, type Act } from '../../permissions/act-on-request';
import { judgeConditions, type Judged } from '../../permissions/judge-conditions';

/**
 * Judges now; at the second check, where it failed, the client asks for it again in the same way.
 * @throws BusinessError NOT_FOUND, STEP_NOT_OPEN, REQUEST_ENDED, REQUEST_LAPSED
 */
export const judgeEligibility = (pool: Pool, act: Act): Promise<Judged> =>
  actOnRequest(pool, act, 'judge eligibility', (sql, request) => {
    requireStep(request, 'eligibility', 'second check');
    return judgeConditions(sql, request);
  });
