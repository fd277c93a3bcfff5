/** Whoever starts a process registers it first, in the transaction of its reason: so that settling sees it coming. */
import type { ClientBase } from 'pg';

export interface Registered {
  readonly workflowId: string;
  readonly type: string;
}

/**
 * Enters the process in the book, or opens it again where an earlier run was closed.
 * The business key is the workflow id after the name of the process: `settlement-day:SH:2025-06-23` -> `SH:2025-06-23`.
 */
export async function registerProcess(sql: Pick<ClientBase, 'query'>, process: Registered): Promise<void> {
  await sql.query(
    `${ENTER} on conflict (workflow_id) do update set closed = false, ended = null where processes.closed`,
    valuesOf(process),
  );
}

/** Enters the process in the book; false where it stands there already, open or ended. */
export async function registerOnce(sql: Pick<ClientBase, 'query'>, process: Registered): Promise<boolean> {
  const { rowCount } = await sql.query(`${ENTER} on conflict (workflow_id) do nothing`, valuesOf(process));
  return rowCount === 1;
}

/** Its type is kept where the id does not say it. */
const ENTER = 'insert into processes (workflow_id, other_type) values ($1, nullif($2, type_of_id($1)))';

const valuesOf = ({ workflowId, type }: Registered) => [workflowId, type];
