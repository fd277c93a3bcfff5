/** A role that was asked for, as its process begins: what its tasks show, and within how many working days it is decided. */
import { parseBusinessDate } from '../../domain/calendar/business-date';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { byReference } from '../intake/typed-texts';
import { businessDateNow } from '../people/standing';
import { loadParameters } from '../terms/load-terms';
import { lockRoleGrant, type RoleGrantRow } from './role-grant-row';

export interface OpenedRoleGrant {
  readonly asked: RoleGrantRow;
  readonly withinDays: number;
}

/** @throws BusinessError NOT_FOUND, NO_PARAMETER_FOR_DATE */
export const openRoleGrant =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ roleGrantId }: { readonly roleGrantId: string }): Promise<OpenedRoleGrant> =>
    inTransaction(pool, async (sql) => {
      const row = await lockRoleGrant(sql, roleGrantId);
      const about = `role-grant:${roleGrantId}`;
      const { reason, exceptionReason: why } = row;
      const asked = {
        ...row,
        reason: await byReference(sql, about, 'reason', reason),
        exceptionReason: why === null ? null : await byReference(sql, about, 'exceptionReason', why),
      };
      const parameter = await loadParameters(sql, 'SH', parseBusinessDate(await businessDateNow(sql)));
      return { asked, withinDays: Number.parseInt(parameter('ROLE_GRANT_WITHIN_DAYS'), 10) };
    });
