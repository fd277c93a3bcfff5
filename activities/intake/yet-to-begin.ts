/** Whether a process is in the book and has not begun: what was opened for it before is seen already, and cannot be done yet. */
import type { ClientBase } from 'pg';

export async function isYetToBegin(sql: Pick<ClientBase, 'query'>, workflowId: string): Promise<boolean> {
  const { rowCount } = await sql.query('select from processes where workflow_id = $1 and runs = 0 and not closed', [
    workflowId,
  ]);
  return rowCount === 1;
}
