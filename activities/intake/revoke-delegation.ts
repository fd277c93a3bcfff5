/** A delegation ends at once: revoked by its principal or by compliance, or because one of the two leaves. */
import type { Pool } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { businessDateNow, standingOf, type Sql } from '../people/standing';
import { endKeyOf, wasEndedBy, type KeptEnd } from './keyed-request';

export interface RevokeDelegation {
  readonly delegationId: string;
  readonly person: string;
  readonly reason: string;
  /** The caller's key of the request; none where a delegation ends with something else. */
  readonly requestKey?: string;
  readonly requestId: string;
}

/**
 * Safe to repeat with the same key.
 * @throws BusinessError NOT_FOUND, ROLE_MISSING, DELEGATION_NOT_OPEN, IDEMPOTENCY_MISMATCH
 */
export const revokeDelegation =
  ({ pool }: { readonly pool: Pool }) =>
  (asked: RevokeDelegation & { readonly requestKey: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { delegationId, person } = asked;
      const { rows } = await sql.query<KeptEnd & { readonly principal: string; readonly state: string }>(
        'select principal, state, revoke_key, revoke_reason from delegations where delegation_id = $1 for update',
        [delegationId],
      );
      const [row] = rows;
      if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '代理授权 delegation', key: delegationId });
      const { grants } = await standingOf(sql, person, await businessDateNow(sql));
      if (row.principal !== person && !grants.some(({ role }) => role === 'compliance'))
        throw new BusinessError('ROLE_MISSING', { role: 'compliance' });
      const endKey = endKeyOf(person, asked.requestKey);
      if (wasEndedBy(row, { endKey, reason: asked.reason })) return;
      if (row.state !== 'given')
        throw new BusinessError('DELEGATION_NOT_OPEN', { delegation: delegationId, state: row.state });
      await endDelegation(sql, asked);
    });

/** What somebody who leaves has handed on, and what others have handed to that person; answers the numbers. */
export async function revokeDelegationsOf(
  sql: Sql,
  leaver: string,
  by: Omit<RevokeDelegation, 'delegationId'>,
): Promise<readonly string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select delegation_id::text as id from delegations
      where $1 in (principal, delegate) and state = 'given' and last_day >= (business_now() at time zone 'Asia/Shanghai')::date
      order by delegation_id for update`,
    [leaver],
  );
  for (const { id } of rows) await endDelegation(sql, { ...by, delegationId: id });
  return rows.map(({ id }) => id);
}

async function endDelegation(sql: Sql, revoked: RevokeDelegation): Promise<void> {
  const { delegationId, person, reason, requestId, requestKey } = revoked;
  await sql.query(
    `update delegations set state = 'revoked', revoked_by = $2, revoked_at = business_now(), revoke_reason = $3, revoke_key = $4
      where delegation_id = $1`,
    [delegationId, person, reason, requestKey === undefined ? null : endKeyOf(person, requestKey)],
  );
  await recordAudit(sql, {
    actor: person,
    action: 'revoke a delegation',
    outcome: 'done',
    objectType: 'delegation',
    objectId: delegationId,
    reason,
    after: { state: 'revoked' },
    requestId,
  });
}
