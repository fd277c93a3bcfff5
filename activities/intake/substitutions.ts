/**
 * Somebody is away for some days, and another does meanwhile what he holds. Made by the one who goes away, by a head or deputy of a
 * role that he holds, or by a supervisor; it gives no right, and ends by itself or when one of them ends it.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { mayAssign } from '../../domain/people/assignment';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { businessDateNow, standingOf } from '../people/standing';
import { refuseFirst } from './judge-actor';

export interface MakeSubstitution {
  readonly absent: string;
  readonly substitute: string;
  readonly firstDay: BusinessDate;
  /** Included. */
  readonly lastDay: BusinessDate;
  readonly person: string;
  readonly requestId: string;
}

type Pooled = Pick<Dependencies, 'pool'>;

/**
 * The same one again is the same.
 * @returns number of the row
 * @throws SeveralRefusals ROLE_MISSING, NOT_FOUND, INPUT_INVALID, SAME_PERSON, SUBSTITUTE_IS_AWAY, SUBSTITUTION_OVERLAPS
 */
export const makeSubstitution =
  ({ pool }: Pooled) =>
  (input: MakeSubstitution): Promise<string> =>
    inTransaction(pool, async (sql) => {
      // One person's absences are made one after the other: what is looked for below is not made meanwhile.
      await sql.query('select pg_advisory_xact_lock(hashtext($1))', [`substitution:${input.absent}`]);
      const { absent, substitute, firstDay, lastDay, person, requestId } = input;
      const [known] = await within(sql, absent, firstDay, lastDay);
      if (known?.substitute === substitute && known.first_day === firstDay && known.last_day === lastDay)
        return known.substitution_id;
      refuseFirst([...(await refusalsOf(sql, input)), ...(known === undefined ? [] : [overlaps(absent, known)])]);
      const { rows } = await sql.query<{ substitution_id: string }>(
        `insert into substitutions (absent, substitute, first_day, last_day, made_by) values ($1, $2, $3, $4, $5)
         returning substitution_id::text`,
        [absent, substitute, firstDay, lastDay, person],
      );
      const substitutionId = rows[0]?.substitution_id ?? '';
      await recordAudit(sql, {
        actor: person,
        action: 'make substitution',
        outcome: 'done',
        objectType: 'substitution',
        objectId: substitutionId,
        after: { absent, substitute, firstDay, lastDay },
        requestId,
      });
      return substitutionId;
    });

/** Ended by the same person before, it has ended. @throws BusinessError NOT_FOUND, ROLE_MISSING, SUBSTITUTION_OVER */
export const endSubstitution =
  ({ pool }: Pooled) =>
  (input: { readonly substitutionId: string; readonly person: string; readonly requestId: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { substitutionId, person, requestId } = input;
      const { rows } = await sql.query<{
        absent: string;
        substitute: string;
        last_day: BusinessDate;
        ended_by: string | null;
      }>(
        'select absent, substitute, last_day::text, ended_by from substitutions where substitution_id = $1 for update',
        [substitutionId],
      );
      const [row] = rows;
      if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '替岗 substitution', key: substitutionId });
      if (row.ended_by === person) return;
      const today = await businessDateNow(sql);
      refuseFirst([
        ...(await makerRefusals(sql, person, row.absent, today)),
        ...(row.ended_by !== null || row.last_day < today
          ? [new BusinessError('SUBSTITUTION_OVER', { substitution: substitutionId })]
          : []),
      ]);
      await sql.query('update substitutions set ended_by = $2, ended_at = business_now() where substitution_id = $1', [
        substitutionId,
        person,
      ]);
      await recordAudit(sql, {
        actor: person,
        action: 'end substitution',
        outcome: 'done',
        objectType: 'substitution',
        objectId: substitutionId,
        before: { absent: row.absent, substitute: row.substitute, lastDay: row.last_day },
        requestId,
      });
    });

interface Known {
  readonly substitution_id: string;
  readonly substitute: string;
  readonly first_day: BusinessDate;
  readonly last_day: BusinessDate;
}

/** Absences of a person that share a day with a time; none with one that ends before it begins. */
async function within(
  sql: PoolClient,
  absent: string,
  from: BusinessDate,
  to: BusinessDate,
): Promise<readonly Known[]> {
  const { rows } = await sql.query<Known>(
    `select substitution_id::text, substitute, first_day::text, last_day::text from substitutions
      where absent = $1 and ended_at is null and first_day <= $3 and $2 <= last_day
      order by first_day`,
    [absent, from, to],
  );
  return rows;
}

const overlaps = (person: string, { substitution_id: substitution }: Known) =>
  new BusinessError('SUBSTITUTION_OVERLAPS', { person, substitution });

async function refusalsOf(sql: PoolClient, input: MakeSubstitution): Promise<readonly BusinessError[]> {
  const { absent, substitute, firstDay, lastDay, person } = input;
  const today = await businessDateNow(sql);
  const [away, stands] = await Promise.all([standingOf(sql, absent, today), standingOf(sql, substitute, today)]);
  const unknown = (key: string, field: string) =>
    new BusinessError('NOT_FOUND', { what: '人员 person', key, ...{ field } });
  return [
    ...(await makerRefusals(sql, person, absent, today)),
    ...(away.active ? [] : [unknown(absent, 'absent')]),
    ...(stands.active ? [] : [unknown(substitute, 'substitute')]),
    ...(lastDay < firstDay || lastDay < today
      ? [new BusinessError('INPUT_INVALID', { field: 'lastDay', reason: `>= ${firstDay < today ? today : firstDay}` })]
      : []),
    ...(away.naturalPerson === stands.naturalPerson
      ? [new BusinessError('INPUT_INVALID', { field: 'substitute', reason: '另一人 another person' })]
      : []),
    ...((await within(sql, substitute, firstDay, lastDay)).length > 0
      ? [new BusinessError('SUBSTITUTE_IS_AWAY', { person: substitute, ...{ field: 'substitute' } })]
      : []),
  ];
}

/** Whether somebody may say who stands in for a person. */
async function makerRefusals(
  sql: PoolClient,
  person: string,
  absent: string,
  today: BusinessDate,
): Promise<readonly BusinessError[]> {
  if (person === absent) return [];
  const { grants } = await standingOf(sql, person, today);
  const { grants: held } = await standingOf(sql, absent, today);
  if (grants.some(({ role }) => role === 'supervisor') || held.some((grant) => mayAssign(grants, grant))) return [];
  return [
    new BusinessError('ROLE_MISSING', {
      role: `${held.map(({ role }) => role).join(' | ')} (head | deputy) | supervisor`,
    }),
  ];
}
