/**
 * Who has a part in a break and signs no exception for it: makers and checkers of the transfers of its side and day where it is about money
 * that moves, whoever ever looked into it, whoever ever asked for its write-off - also where it was handed on or refused since.
 */
import type { Sql } from '../people/standing';

/** Differences of money that transfers can have made. */
const ABOUT_TRANSFERS: readonly string[] = [
  'BANK_MISSING',
  'BANK_EXTRA',
  'BANK_BALANCE',
  'ACCOUNT_DIFFERENT',
  'SETTLED_DIFFERENT',
  'CLEARING_NOT_EVEN',
  'CLIENT_MONEY_NOT_EVEN',
];

/** The people behind the accounts. A break that names no side may be about any transfer of its day. */
export async function makersOfBreak(sql: Sql, findingId: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ person: string }>(
    `with found as (
       select f.finding_id, f.channel, f.business_date, f.class, side_of_finding(f) as side from findings_in_force f where f.finding_id = $1),
     named as (
       select unnest(array[o.made_by, o.made_for, o.approved_by, o.approved_for]) as person
       from found f join orders o on o.channel = f.channel and o.business_date = f.business_date
        and (f.side is null or o.side = f.side or o.kind in ('COMMISSION', 'COMPENSATION', 'CUSHION'))
       where f.class = any($2)
       union
       select a.assigned_to from break_assignments a where a.finding_id = $1
       union
       select unnest(array[w.made_by, w.made_for]) from break_write_offs w where w.finding_id = $1)
     select distinct natural_person(person) as person from named where person is not null`,
    [findingId, ABOUT_TRANSFERS],
  );
  return rows.map(({ person }) => person);
}
