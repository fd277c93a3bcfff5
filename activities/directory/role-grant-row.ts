/** A role that was asked for, as the verbs read it. */
import { BusinessError } from '../../domain/errors';
import { BUSINESS_LINES } from '../../domain/people/role-conflicts';
import { isRole } from '../../domain/people/roles';
import type { Sql } from '../people/standing';
import type { AskedRole } from './judge-grant';

export interface RoleGrantRow extends AskedRole {
  readonly roleGrantId: string;
  readonly reason: string;
  readonly state: 'requested' | 'granted' | 'in force' | 'refused' | 'recalled' | 'withdrawn';
  readonly revision: number;
  readonly requestedBy: string;
  /** UTC. */
  readonly requestedAt: string;
  readonly grantedBy: string | null;
  /** Principal for whom the granting hand acted. */
  readonly grantedFor: string | null;
  readonly restriction: string | null;
}

/** The row, locked. @throws BusinessError NOT_FOUND */
export async function lockRoleGrant(sql: Sql, roleGrantId: string): Promise<RoleGrantRow> {
  const { rows } = await sql.query<RoleGrantRow & { readonly requested: Date }>(
    `select role_grant_id::text as "roleGrantId", person, role, side, branch, mark, in_charge_of as "inChargeOf",
            valid_from::text as "validFrom", valid_to::text as "validTo", exception_reason as "exceptionReason", reason, state, revision,
            requested_by as "requestedBy", requested_at as requested, granted_by as "grantedBy", granted_for as "grantedFor", restriction
       from role_grants where role_grant_id = $1 for update`,
    [roleGrantId],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '授权申请 role grant', key: roleGrantId });
  if (!isRole(row.role))
    throw new RangeError(`role grant ${roleGrantId} asks for the unknown role ${String(row.role)}`);
  const { requested, ...rest } = row;
  const lines = BUSINESS_LINES.filter((line) => row.inChargeOf.includes(line));
  return { ...rest, inChargeOf: lines, requestedAt: new Date(requested).toISOString() };
}
