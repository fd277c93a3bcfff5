/** Whether a role may be given to a person, by what the directory says at this moment: asked at request, grant and approval. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import {
  BUSINESS_LINES,
  conflictsBroughtBy,
  type BusinessLine,
  type HeldRole,
  type RoleConflict,
} from '../../domain/people/role-conflicts';
import { isRole, type Role } from '../../domain/people/roles';
import type { Sql } from '../people/standing';

/** The role as it is asked for. */
export interface AskedRole {
  readonly person: string;
  readonly role: Role;
  readonly side: Side | null;
  readonly branch: string | null;
  readonly mark: 'deputy' | 'head' | null;
  readonly inChargeOf: readonly BusinessLine[];
  readonly validFrom: BusinessDate;
  readonly validTo: BusinessDate | null;
  /** Why a conflict that may be excepted should be. */
  readonly exceptionReason: string | null;
}

export interface JudgedGrant {
  /** Every reason why not; none: it may be given. */
  readonly refusals: readonly BusinessError[];
  /** What the person takes no part in, where an exception is asked for that there may be; null where there is no conflict. */
  readonly restriction: string | null;
}

/** Locks the human, so that of two roles given at once the second sees the first. */
export async function judgeGrant(sql: Sql, asked: AskedRole, today: BusinessDate): Promise<JudgedGrant> {
  await sql.query('select from people where person = natural_person($1) for update', [asked.person]);
  const { rows: people } = await sql.query<{ active: boolean }>('select active from people where person = $1', [
    asked.person,
  ]);
  const { rows: held } = await sql.query<HeldRow>(
    `select g.person, g.role, g.side, g.branch, g.mark, g.in_charge_of from grants g join people p using (person)
      where p.natural_person = natural_person($1) and p.active
        and daterange(g.valid_from, g.valid_to) && daterange(greatest($2::date, $3::date), $4::date)`,
    [asked.person, asked.validFrom, today, asked.validTo],
  );
  const day = asked.validFrom > today ? asked.validFrom : today;
  const found = conflictsBroughtBy(asked, held.map(heldRole), await loadConflicts(sql), day);
  const excepted = found.filter(({ rule }) => rule === 'exception' && asked.exceptionReason !== null);
  return {
    refusals: [
      ...(people[0]?.active === true ? [] : [new BusinessError('PERSON_LEFT', { person: asked.person })]),
      ...(held.some((row) => isSame(row, asked))
        ? [new BusinessError('GRANT_OVERLAPS', { person: asked.person, role: asked.role })]
        : []),
      ...found
        .filter((row) => !excepted.includes(row))
        .map(({ code, one, other }) => new BusinessError(code, { one, other })),
    ],
    restriction: [...new Set(excepted.map(({ restriction }) => restriction))].join('; ') || null,
  };
}

interface HeldRow {
  readonly person: string;
  readonly role: string;
  readonly side: Side | null;
  readonly branch: string | null;
  readonly mark: 'deputy' | 'head' | null;
  readonly in_charge_of: readonly string[];
}

const isSame = (row: HeldRow, asked: AskedRole): boolean =>
  row.person === asked.person && row.role === asked.role && row.side === asked.side && row.branch === asked.branch;

function heldRole({ role, side, mark, in_charge_of: lines }: HeldRow): HeldRole {
  if (!isRole(role)) throw new RangeError(`a grant gives the unknown role ${role}`);
  return { role, side, mark, inChargeOf: BUSINESS_LINES.filter((line) => lines.includes(line)) };
}

async function loadConflicts(sql: Sql): Promise<readonly RoleConflict[]> {
  const { rows } = await sql.query<RoleConflict>(
    `select one, other, rule, code, restriction, valid_from::text as "validFrom", valid_to::text as "validTo"
       from role_conflicts order by code, one, other`,
  );
  return rows;
}
