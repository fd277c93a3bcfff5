/** Who has a part in a break and signs no exception for it: makers and checkers of the transfer that it is about, whoever looks into it. */
import type { Sql } from '../people/standing';

/** The people behind the accounts. A transfer is known by its side, day and amount. */
export async function makersOfBreak(sql: Sql, findingId: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ person: string }>(
    `with found as (
       select f.channel, f.business_date, abs(f.amount_fen) as fen, f.class, f.finding_id from findings f where f.finding_id = $1),
     named as (
       select unnest(array[o.made_by, o.made_for, o.approved_by, o.approved_for]) as person
       from found f join orders o on o.channel = f.channel and o.business_date = f.business_date and o.amount_fen = f.fen
       where f.class in ('BANK_MISSING', 'BANK_EXTRA', 'ACCOUNT_DIFFERENT')
       union
       select v.assigned_to from found f join break_verdicts v using (finding_id)
       union
       select w.made_by from found f join break_write_offs w using (finding_id) where w.state = 'awaiting approval')
     select distinct natural_person(person) as person from named where person is not null`,
    [findingId],
  );
  return rows.map(({ person }) => person);
}
