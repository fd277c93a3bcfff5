/** Which complaints a caller sees at all. */
import type { Pool } from 'pg';
import { BusinessError } from '../../domain/errors';
import type { Caller } from '../identity';
import type { RouteId } from '../policy';
import { LINE_COLUMNS, type ComplaintLine } from './complaints';
import { scopeOf } from './permission-requests';
import { ofProcess } from '../../activities/database/of-process';

/**
 * What a caller sees: a client the own complaints, a branch its own, the house all; and everybody what one received, handles or
 * holds a task of, with what goes with it as a duplicate or of its group. Whoever is kept out of one, or complains as a client, sees nothing of it with an account of the house. Parameters
 * from `$from` on, in the order of `sightOf`.
 */
export const visibleFrom = (from: number): string => `(
  ((($${from}::text is null or exists (select from complainants w where w.complaint_no = c.complaint_no and w.client_no = $${from}))
   and ($${from + 1}::text[] is null or c.branch = any($${from + 1})))
  or c.received_by = $${from + 2} or c.handler = $${from + 2}
  or exists (select from tasks t where ${ofProcess('t.workflow_id', 'c.workflow_id')} and t.claimed_by = $${from + 2})
  or exists (select from complaints o where o.complaint_no in (c.duplicate_of, c.group_of) and o.handler = $${from + 2}))
  and case when $${from}::text is not null then true
           when exists (select from process_exclusions e where e.workflow_id = c.workflow_id)
             or exists (select from complainants w where w.complaint_no = c.complaint_no and w.client_no = any($${from + 3}))
           then not is_kept_out(c.workflow_id, array[$${from + 2}])
           else true end)`;

export const sightOf = async (
  pool: Pool,
  caller: Caller,
  route: RouteId = 'readComplaint',
): Promise<readonly unknown[]> => [
  ...(await scopeOf(pool, caller, route)),
  caller.person,
  await clientsOfHuman(pool, caller.person),
];

/** Clients whom the human behind an account is, or acts for, with another one. */
async function clientsOfHuman(pool: Pool, person: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ client: string }>(
    `select l.client_no as client from client_logins l join people p using (person) where p.natural_person = natural_person($1)`,
    [person],
  );
  return rows.map(({ client }) => client);
}

/** The complaint, where the caller may see it now. Whoever may not see one does not learn that there is one. */
export async function visibleComplaint(
  pool: Pool,
  caller: Caller,
  no: string,
  route?: RouteId,
): Promise<ComplaintLine> {
  const { rows } = await pool.query<ComplaintLine>(
    `select ${LINE_COLUMNS} from complaints c where c.complaint_no = $1 and ${visibleFrom(2)}`,
    [no, ...(await sightOf(pool, caller, route))],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '投诉 complaint', key: no });
  return row;
}
