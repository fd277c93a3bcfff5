/** Processes that a caller reads nothing of: whoever is kept out of a case learns neither its tasks nor its callbacks, promises and messages. */
import type { ClientBase } from 'pg';
import { BusinessError } from '../../domain/errors';
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

/** @throws BusinessError NOT_FOUND, as of what there is not, where the caller is kept out of the process */
export async function refuseKeptFrom(
  sql: Pick<ClientBase, 'query'>,
  caller: Caller,
  workflowId: string,
  sought: { readonly what: string; readonly key: string },
): Promise<void> {
  const { rows } = await sql.query<{ kept: boolean }>('select is_kept_out($1, $2) as kept', [
    workflowId,
    accountsOf(caller),
  ]);
  if (rows[0]?.kept === true) throw new BusinessError('NOT_FOUND', sought);
}
