/** A department asks for a role for one of its people; the process of granting it is asked for in the same transaction (A1 §15). */
import type { Pool } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { judgeGrant, type AskedRole } from '../directory/judge-grant';
import { queueStart } from '../outbox/queue-message';
import { businessDateNow, standingOf, type Sql } from '../people/standing';
import { refuseFirst } from './judge-actor';
import { keptRequest, knownRequest, type KeptRequest } from './keyed-request';

export interface RequestRoleGrant extends AskedRole {
  readonly reason: string;
  readonly requestedBy: string;
  /** The requester's key of the request: the same is the same role that is asked for. */
  readonly requestKey: string;
  readonly requestId: string;
  /** Id of the process of a request. */
  readonly workflowIdOf: (roleGrantId: string) => string;
}

/** Name under which the worker knows the process. */
const ROLE_GRANT = 'roleGrant';
const EXCLUSION_VIOLATED = '23P01';

/**
 * Safe to repeat.
 * @throws BusinessError IDEMPOTENCY_MISMATCH; DEPARTMENT_HEAD_NEEDED, GRANT_NEEDS_OTHER_HANDS, PERSON_LEFT, GRANT_OVERLAPS, ROLES_...; the first, with the codes
 *         of all in its details
 */
export const requestRoleGrant =
  ({ pool }: { readonly pool: Pool }) =>
  (asked: RequestRoleGrant): Promise<{ readonly roleGrantId: string }> =>
    inTransaction(pool, async (sql) => {
      const request = keptRequest({
        person: asked.requestedBy,
        requestKey: asked.requestKey,
        content: { ...given(asked), reason: asked.reason },
      });
      const known = await knownRequest(sql, 'role_grants', request);
      if (known !== undefined) return { roleGrantId: known };
      const today = await businessDateNow(sql);
      const { refusals } = await judgeGrant(sql, asked, today);
      refuseFirst([...(await refusalsOfRequester(sql, asked)), ...refusals]);
      const roleGrantId = await insertRequest(sql, asked, request);
      const workflowId = asked.workflowIdOf(roleGrantId);
      await queueStart(sql, {
        key: `start:${workflowId}`,
        workflowId,
        type: ROLE_GRANT,
        args: [{ roleGrantId }],
        summary: `角色申请 ${roleGrantId} role grant`,
        attributes: { ProcessType: ROLE_GRANT, BusinessKey: roleGrantId },
      });
      await recordAudit(sql, {
        actor: asked.requestedBy,
        action: 'request role',
        outcome: 'done',
        objectType: 'role grant',
        objectId: roleGrantId,
        reason: asked.reason,
        after: given(asked),
        requestId: asked.requestId,
      });
      return { roleGrantId };
    });

/** The head or a deputy of the person's department asks, and not for oneself. */
async function refusalsOfRequester(sql: Sql, asked: RequestRoleGrant): Promise<readonly BusinessError[]> {
  const today = await businessDateNow(sql);
  const { rows } = await sql.query<{ department: string; same_department: boolean }>(
    `select p.department, p.department = asker.department as same_department
       from people p, people asker where p.person = $1 and asker.person = $2`,
    [asked.person, asked.requestedBy],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '人员 person', key: asked.person });
  const requester = await standingOf(sql, asked.requestedBy, today);
  const receiver = await standingOf(sql, asked.person, today);
  const leads = found.same_department && requester.grants.some(({ mark }) => mark !== null);
  return [
    ...(leads ? [] : [new BusinessError('DEPARTMENT_HEAD_NEEDED', { department: found.department })]),
    ...(requester.naturalPerson === receiver.naturalPerson ? [new BusinessError('GRANT_NEEDS_OTHER_HANDS')] : []),
  ];
}

async function insertRequest(sql: Sql, asked: RequestRoleGrant, request: KeptRequest): Promise<string> {
  try {
    const { rows } = await sql.query<{ id: string }>(
      `insert into role_grants (person, role, side, branch, mark, in_charge_of, valid_from, valid_to, reason, exception_reason,
                                requested_by, state, request_key, request_sha256)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'requested', $12, $13) returning role_grant_id::text as id`,
      [
        asked.person,
        asked.role,
        asked.side,
        asked.branch,
        asked.mark,
        asked.inChargeOf,
        asked.validFrom,
        asked.validTo,
        asked.reason,
        asked.exceptionReason,
        asked.requestedBy,
        request.key,
        request.sha256,
      ],
    );
    return rows[0]?.id ?? '';
  } catch (error) {
    if ((error as { readonly code?: string }).code !== EXCLUSION_VIOLATED) throw error;
    throw new BusinessError('GRANT_OVERLAPS', { person: asked.person, role: asked.role });
  }
}

const given = ({ person, role, side, branch, mark, inChargeOf, validFrom, validTo, exceptionReason }: AskedRole) => ({
  person,
  role,
  side,
  branch,
  mark,
  inChargeOf,
  validFrom,
  validTo,
  exceptionReason,
});
