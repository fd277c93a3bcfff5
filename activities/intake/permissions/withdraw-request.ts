/** A client, or the branch for one at the counter, takes a request back, at any time before the permission is opened or closed; another one may be made at once (A2 §9). */
import type { Pool } from 'pg';
import { actOnRequest, requireOpen, type Act, type Done } from '../../permissions/act-on-request';
import type { PermissionRequest } from '../../permissions/request-row';
import { requireAtCounter } from './file-paper';

/** @throws BusinessError NOT_FOUND, REQUEST_ENDED, REQUEST_LAPSED, PERMISSION_BEING_OPENED, PERMISSION_BEING_CLOSED */
export const withdrawRequest = (
  pool: Pool,
  act: Act & { readonly reason: string },
): Promise<{ readonly state: 'withdrawn' }> =>
  actOnRequest(pool, act, 'withdraw request', (_, request) => Promise.resolve(withdrawn(request, act.reason)));

/** The same at the counter, by the branch for its client. @throws BusinessError NOT_AT_THE_COUNTER besides */
export const withdrawCounterRequest = (
  pool: Pool,
  act: Act & { readonly reason: string },
): Promise<{ readonly state: 'withdrawn' }> =>
  actOnRequest(pool, act, 'withdraw request', (_, request) => {
    requireAtCounter(request);
    return Promise.resolve(withdrawn(request, act.reason));
  });

function withdrawn(request: PermissionRequest, reason: string): Done<{ readonly state: 'withdrawn' }> {
  requireOpen(request);
  return {
    answer: { state: 'withdrawn' },
    detail: { reason },
    next: { step: 'ended', state: 'withdrawn', cause: 'withdrawn' },
  };
}
