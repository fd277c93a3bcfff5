/** A change of an open permission as what an approval decides about: the request moves on in the transaction of the decision. */
import { BusinessError } from '../../domain/errors';
import type { SubjectKind } from '../tasks/subject-kind';
import { actWithin } from './act-on-request';
import { lockChange, requirePermissionOpen } from './change-row';

/** @throws BusinessError NOT_FOUND, REQUEST_ENDED, PERMISSION_NOT_OPEN, PERMISSION_BEING_CLOSED, COMMISSION_TOO_EARLY */
export const permissionChangeSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { state, kind, clientNo, permission, openedBy, cause, callbackNo, reason, madeBy, ...of } = await lockChange(
      sql,
      id,
    );
    const { rateBefore, rateAfter, effectiveOn } = of;
    const content = {
      kind,
      clientNo,
      permission,
      openedBy,
      cause,
      callbackNo,
      reason,
      madeBy,
      rateBefore,
      rateAfter,
      effectiveOn,
    };
    // What was asked for is never revised: it is recalled and asked for anew.
    return { state, revision: 1, content };
  },
  end: async (sql, id, end, { state }) => {
    if (state !== 'under way') throw new BusinessError('REQUEST_ENDED', { request: id, state });
    const isApproved = end.state === 'approved';
    const change = await lockChange(sql, id);
    const { kind, today, effectiveOn } = change;
    if (isApproved) await requirePermissionOpen(sql, change);
    // Approved too late: trades of the day are frozen at the rate in force.
    if (isApproved && effectiveOn !== null && effectiveOn <= today)
      throw new BusinessError('COMMISSION_TOO_EARLY', { date: effectiveOn, today });
    if (isApproved) {
      await sql.query(
        'update permission_changes set approved_by = $2, approved_for = $3, approved_at = $4 where request_no = $1',
        [id, end.by, end.onBehalfOf ?? null, end.at],
      );
    }
    const isRefused = end.state === 'refused';
    await actWithin(
      sql,
      { requestNo: id, key: `decide:${id}`, by: end.by, onBehalfOf: end.onBehalfOf },
      `${kind} ${end.state}`,
      () =>
        Promise.resolve({
          answer: end.state,
          detail: { decision: end.state },
          next: isApproved
            ? { step: 'counter', state: 'opening' }
            : { step: 'ended', state: isRefused ? 'refused' : 'withdrawn', cause: end.state },
        }),
    );
  },
};
