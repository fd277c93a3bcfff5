/** A client takes a request back, at any time before the permission is opened; another one may be made at once (A2 §9). */
import type { Pool } from 'pg';
import { actOnRequest, requireOpen, type Act } from '../../permissions/act-on-request';

/** @throws BusinessError NOT_FOUND, REQUEST_ENDED, REQUEST_LAPSED, PERMISSION_BEING_OPENED */
export const withdrawRequest = (
  pool: Pool,
  act: Act & { readonly reason: string },
): Promise<{ readonly state: 'withdrawn' }> =>
  actOnRequest(pool, act, 'withdraw request', (_, request) => {
    requireOpen(request);
    return Promise.resolve({
      answer: { state: 'withdrawn' },
      detail: { reason: act.reason },
      next: { step: 'ended', state: 'withdrawn', cause: 'withdrawn' },
    });
  });
