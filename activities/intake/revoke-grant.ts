/** Operations takes a role away at once: from this moment on nobody acts by it. Told to those who lead the department and to compliance. */
import type { Pool } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { queueNotices } from '../outbox/queue-notice';
import type { Sql } from '../people/standing';
import { endKeyOf, wasEndedBy, type KeptEnd } from './keyed-request';

export interface RevokeGrant {
  readonly grantId: string;
  readonly reason: string;
  readonly actor: string;
  readonly role: string;
  /** The caller's key of the request; none where a grant ends with something else. */
  readonly requestKey?: string;
  readonly requestId: string;
}

/**
 * Safe to repeat with the same key.
 * @throws BusinessError NOT_FOUND; GRANT_NOT_OPEN where it has ended already; IDEMPOTENCY_MISMATCH
 */
export const revokeGrant =
  ({ pool }: { readonly pool: Pool }) =>
  (revoked: RevokeGrant & { readonly requestKey: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<
        KeptEnd & { readonly over: boolean; readonly person: string; readonly role: string }
      >(
        `select person, role, revoke_key, revoke_reason, coalesce(valid_to <= (business_now() at time zone 'Asia/Shanghai')::date, false) as over
           from grants where grant_id = $1 for update`,
        [revoked.grantId],
      );
      const [grant] = rows;
      if (grant === undefined) throw new BusinessError('NOT_FOUND', { what: '授权 grant', key: revoked.grantId });
      if (wasEndedBy(grant, { endKey: endKeyOf(revoked.actor, revoked.requestKey), reason: revoked.reason })) return;
      if (grant.over) throw new BusinessError('GRANT_NOT_OPEN', { grant: revoked.grantId, state: '已终止 ended' });
      await endGrant(sql, revoked);
      await queueNotices(
        sql,
        {
          severity: 'warning',
          template: 'ROLE_REVOKED',
          facts: { grant: revoked.grantId, person: grant.person, role: grant.role },
        },
        [
          { key: `revoked:${revoked.grantId}`, role: 'compliance' },
          ...(await leadersOf(sql, grant.person)).map((leader) => ({
            key: `revoked:${revoked.grantId}:${leader}`,
            ref: `person:${leader}`,
          })),
        ],
      );
    });

/** Head and deputies of a person's department, who ask for its roles; not the person. */
async function leadersOf(sql: Sql, person: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ leader: string }>(
    `select distinct p.person as leader
       from people p join grants g on g.person = p.person
      where p.department = (select department from people where person = $1) and p.active and p.person <> $1 and g.mark is not null
        and g.valid_from <= (business_now() at time zone 'Asia/Shanghai')::date
        and (g.valid_to is null or (business_now() at time zone 'Asia/Shanghai')::date < g.valid_to)
      order by leader`,
    [person],
  );
  return rows.map(({ leader }) => leader);
}

/** Ends a grant at this moment: a day that has begun under it is no longer a day of it. */
export async function endGrant(sql: Sql, revoked: RevokeGrant): Promise<void> {
  const { grantId, reason, actor, role, requestId, requestKey } = revoked;
  const { rows } = await sql.query<{ before: string | null; after: string }>(
    `update grants g set valid_to = greatest(g.valid_from, (business_now() at time zone 'Asia/Shanghai')::date),
                         revoked_by = $2, revoked_at = business_now(), revoke_reason = $3, revoke_key = $4
       from grants old where g.grant_id = $1 and old.grant_id = g.grant_id
     returning old.valid_to::text as before, g.valid_to::text as after`,
    [grantId, actor, reason, requestKey === undefined ? null : endKeyOf(actor, requestKey)],
  );
  await recordAudit(sql, {
    actor,
    role,
    action: 'revoke role',
    outcome: 'done',
    objectType: 'grant',
    objectId: grantId,
    reason,
    before: { validTo: rows[0]?.before },
    after: { validTo: rows[0]?.after },
    requestId,
  });
}
