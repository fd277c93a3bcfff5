/**
 * People come and go: technology makes the login and gives no role; whoever leaves loses every role, every delegation given or held, and
 * every task at once.
 */
import type { Pool, PoolClient } from 'pg';
import { isAbout } from '../database/audit-found';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { putBackAllOf } from '../tasks/put-back';
import { revokeDelegationsOf } from './revoke-delegation';
import { endGrant } from './revoke-grant';

export interface AdmitPerson {
  readonly person: string;
  readonly subject: string;
  readonly department: string;
  readonly name: { readonly zh: string; readonly en: string };
  /** First account of the same human, where this is a further one. */
  readonly naturalPerson: string | null;
  readonly actor: string;
  readonly requestId: string;
}

/** UNIQUE and FOREIGN KEY. */
const TAKEN: readonly string[] = ['23505', '23503'];

/**
 * Whether the human behind an account is known is seen when the transaction ends. Admitted as the same by the same person before, it is known.
 * @throws BusinessError PERSON_KNOWN
 */
export const admitPerson =
  ({ pool }: { readonly pool: Pool }) =>
  async (admitted: AdmitPerson): Promise<void> => {
    const { person, subject, department, name, naturalPerson, actor, requestId } = admitted;
    try {
      await inTransaction(pool, async (sql) => {
        await sql.query(
          'insert into people (person, subject, department, natural_person, made_by) values ($1, $2, $3, $4, $5)',
          [person, subject, department, naturalPerson, actor],
        );
        await sql.query('insert into person_names (person, name_zh, name_en) values ($1, $2, $3)', [
          person,
          name.zh,
          name.en,
        ]);
        await recordAudit(sql, {
          actor,
          role: 'admin',
          action: 'admit person',
          outcome: 'done',
          objectType: 'person',
          objectId: person,
          after: { department, naturalPerson },
          requestId,
        });
      });
    } catch (error) {
      if (!TAKEN.includes((error as { readonly code?: string }).code ?? '')) throw error;
      const { rowCount } = await pool.query(
        `select from people p join person_names n using (person)
          where p.person = $1 and p.subject = $2 and p.department = $3 and p.natural_person = coalesce($4, p.person) and p.made_by = $5
            and n.name_zh = $6 and n.name_en = $7`,
        [person, subject, department, naturalPerson, actor, name.zh, name.en],
      );
      if (rowCount === 0) throw new BusinessError('PERSON_KNOWN', { key: person });
    }
  };

export interface DismissPerson {
  readonly person: string;
  readonly reason: string;
  readonly actor: string;
  readonly role: string;
  readonly requestId: string;
}

/** Dismissed by the same person for the same reason before, the person has left. @throws BusinessError NOT_FOUND, PERSON_LEFT */
export const dismissPerson =
  ({ pool }: { readonly pool: Pool }) =>
  ({ person, reason, actor, role, requestId }: DismissPerson): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ active: boolean }>('select active from people where person = $1 for update', [
        person,
      ]);
      if (rows[0] === undefined) throw new BusinessError('NOT_FOUND', { what: '人员 person', key: person });
      if (!rows[0].active) {
        if (await isDismissedBy(sql, { person, reason, actor })) return;
        throw new BusinessError('PERSON_LEFT', { person });
      }
      await sql.query(
        'update people set active = false, left_at = business_now(), left_reason = $2 where person = $1',
        [person, reason],
      );
      const { rows: grants } = await sql.query<{ id: string }>(
        `select grant_id::text as id from grants where person = $1
            and (valid_to is null or valid_to > (business_now() at time zone 'Asia/Shanghai')::date) order by grant_id for update`,
        [person],
      );
      for (const { id } of grants) await endGrant(sql, { grantId: id, reason, actor, role, requestId });
      const delegationsRevoked = await revokeDelegationsOf(sql, person, { person: actor, reason, requestId });
      const tasksPutBack = await putBackAllOf(sql, person, { by: actor, role, requestId });
      await recordAudit(sql, {
        actor,
        role,
        action: 'dismiss person',
        outcome: 'done',
        objectType: 'person',
        objectId: person,
        reason,
        before: { active: true },
        after: {
          active: false,
          grantsEnded: grants.length,
          delegationsRevoked,
          tasksPutBack,
        },
        requestId,
      });
    });

/** Only the audit says who closed the login. */
async function isDismissedBy(
  sql: PoolClient,
  { person, reason, actor }: Pick<DismissPerson, 'person' | 'reason' | 'actor'>,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select from audit
      where object_type = 'person' and ${isAbout('$1')} and action = 'dismiss person' and outcome = 'done' and reason = $2 and actor = $3`,
    [person, reason, actor],
  );
  return rowCount !== 0;
}
