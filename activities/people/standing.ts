/** How people stand in the directory on a business date: the human behind an account, grants, delegations. */
import type { ClientBase } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import type { Grant } from '../../domain/people/grants';
import { isRole, type Role } from '../../domain/people/roles';

export type Sql = Pick<ClientBase, 'query'>;

/** The business date of the transaction. */
export async function businessDateNow(sql: Sql): Promise<BusinessDate> {
  const { rows } = await sql.query<{ today: BusinessDate }>(
    `select (business_now() at time zone 'Asia/Shanghai')::date::text as today`,
  );
  const today = rows[0]?.today;
  if (today === undefined) throw new Error('this book has no business clock: it was not made by the migrations');
  return today;
}

/** How a person stands in the directory on a day: nobody active, no grants. */
export interface Standing {
  readonly naturalPerson: string;
  readonly active: boolean;
  readonly grants: readonly Grant[];
}

export async function standingOf(sql: Sql, person: string, today: BusinessDate): Promise<Standing> {
  const { rows } = await sql.query<{
    natural_person: string;
    active: boolean;
    role: string | null;
    side: Side | null;
    branch: string | null;
    mark: 'deputy' | 'head' | null;
  }>(
    `select p.natural_person, p.active, g.role, g.side, g.branch, g.mark
       from people p
       left join grants g on g.person = p.person and p.active
        and g.valid_from <= $2 and (g.valid_to is null or $2 < g.valid_to)
      where p.person = $1 order by g.grant_id`,
    [person, today],
  );
  const [first] = rows;
  const grants = rows.flatMap(({ role, side, branch, mark }) =>
    role !== null && isRole(role) ? [{ role, side, branch, mark }] : [],
  );
  return { naturalPerson: first?.natural_person ?? person, active: first?.active ?? false, grants };
}

export interface DelegationRow {
  readonly role: Role;
  readonly side: Side | null;
  readonly branch: string | null;
  readonly kinds: readonly string[] | null;
  readonly amount_limit_fen: bigint | null;
  readonly first_day: BusinessDate;
  readonly last_day: BusinessDate;
}

/** Delegations that were given and not revoked, whatever their days. */
export async function delegationsOf(sql: Sql, delegate: string, principal: string): Promise<readonly DelegationRow[]> {
  const { rows } = await sql.query<DelegationRow>(
    `select role, side, branch, kinds, amount_limit_fen, first_day::text, last_day::text from delegations
      where delegate = $1 and principal = $2 and state = 'given' order by last_day desc, delegation_id desc`,
    [delegate, principal],
  );
  return rows;
}

export const isInForceOn = (row: DelegationRow, date: BusinessDate) => row.first_day <= date && date <= row.last_day;

/** What of the principal's grants a delegation hands on. */
export const handedOn = (row: DelegationRow, grants: readonly Grant[]): readonly Grant[] =>
  grants
    .filter(
      ({ role, side, branch }) =>
        role === row.role &&
        (row.side === null || side === null || side === row.side) &&
        (row.branch === null || branch === null || branch === row.branch),
    )
    .map((grant) => ({ ...grant, side: grant.side ?? row.side, branch: grant.branch ?? row.branch }));
