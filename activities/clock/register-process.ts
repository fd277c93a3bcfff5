/** Whoever starts a process registers it first, in the transaction of its reason: so that settling sees it coming. */
import type { ClientBase } from 'pg';

/**
 * Enters the process in the book, or opens it again where an earlier run was closed.
 * The business key is the workflow id after the name of the process: `settlement-day:SH:2025-06-23` -> `SH:2025-06-23`.
 */
export async function registerProcess(
  sql: Pick<ClientBase, 'query'>,
  { workflowId, type }: { readonly workflowId: string; readonly type: string },
): Promise<void> {
  const businessKey = workflowId.slice(workflowId.indexOf(':') + 1);
  await sql.query(
    `insert into processes (workflow_id, type, business_key) values ($1, $2, $3)
     on conflict (workflow_id) do update set closed = false, ended = null where processes.closed`,
    [workflowId, type, businessKey],
  );
}
