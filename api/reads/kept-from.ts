/** Processes that a caller reads nothing of: whoever is kept out of a case learns neither its tasks nor its callbacks. */
import type { ClientBase } from 'pg';
import type { Caller } from '../identity';

/** Those of the caller, and of whoever the caller acts for. */
export const accountsOf = ({ person, onBehalfOf }: Caller): readonly string[] =>
  onBehalfOf === undefined ? [person] : [person, onBehalfOf];

/** Workflow ids; also those that whoever the caller acts for is kept out of. */
export async function processesKeptFrom(sql: Pick<ClientBase, 'query'>, caller: Caller): Promise<readonly string[]> {
  const { rows } = await sql.query<{ workflow: string }>(
    'select workflow_id as workflow from processes_kept_from($1)',
    [accountsOf(caller)],
  );
  return rows.map(({ workflow }) => workflow);
}
