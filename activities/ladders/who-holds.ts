/** Whoever holds what a promise waits for by name: told of each rung that is missed besides those whom the ladder names (decision 0085). */
import type { PoolClient } from 'pg';
import { complaintOf } from '../intake/complaints/complaint-of-process';
import { ofProcess } from '../database/of-process';
import { owedByProcess, withKey } from '../database/promises-found';

/**
 * Accounts that hold what keeps the promises from being met, by the place of the promise in the list: who handles the complaint, or that of
 * its group, whose answer is owed; whoever the promise names; who has claimed a task behind it. Nobody who has left, or is kept out of the
 * case. In one statement however many promises.
 * @param deadlineIds undefined where a rung is of no promise
 */
export async function holdersOf(
  sql: PoolClient,
  deadlineIds: readonly (string | undefined)[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const asked = deadlineIds.flatMap((id, place) => (id === undefined ? [] : [{ id, place }]));
  if (asked.length === 0) return new Map();
  const { rows } = await sql.query<{ place: number; people: readonly string[] }>(
    `select a.place, array_agg(h.person order by h.person) as people
       from jsonb_to_recordset($1::jsonb) as a (id bigint, place integer) join deadlines d on d.deadline_id = a.id,
            lateral (${HOLDING}) h join people p using (person)
      where p.active and not is_kept_out(d.workflow_id, array[p.natural_person])
      group by a.place`,
    [JSON.stringify(asked)],
  );
  return new Map(rows.map(({ place, people }) => [place, people]));
}

/**
 * SQL: accounts that hold what the promise `d` waits for. The task behind a promise has its key; where none of that key waits it is what is
 * due by one of the clocks of what is owed, and has no promise of its own.
 */
export const HOLDING = `
  select case when d.step = 'answer' and c.complaint_no is not null then coalesce(c.handler, g.handler) else d.owner_person end as person
    from (select) one left join complaints c on c.complaint_no = ${complaintOf('d.workflow_id')} left join complaints g on g.complaint_no = c.group_of
  union
  select t.claimed_by from tasks t
   where ${ofProcess('t.workflow_id', 'd.workflow_id')} and t.state = 'claimed'
     and (t.business_key = d.business_key
       or t.due_at in (select s.due_at from deadlines s
                        where ${owedByProcess('s', 'd.workflow_id')} and s.step = d.step and s.subject = d.subject and s.ended_at is null)
          and not exists (select from tasks behind where ${ofProcess('behind.workflow_id', 'd.workflow_id')}
                            and behind.business_key = d.business_key and behind.state in ('open', 'claimed'))
          and not exists (select from deadlines own
                           where ${withKey('own', 't.business_key')} and (own.step, own.subject) is distinct from (d.step, d.subject)))`;
