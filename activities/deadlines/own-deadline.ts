/** A promise changes hands: from here on its ladder reminds and warns those who owe it now. */
import type { PoolClient } from 'pg';
import { queueSignals } from '../outbox/queue-message';
import { tellExtensions } from './change-deadline';
import { owedByProcess } from '../database/promises-found';

/** Who owes a promise. */
export interface DeadlineOwner {
  readonly role: string;
  readonly branch: string | null;
  /** Undefined where nobody of the role owes it by name. */
  readonly person?: string;
}

/** Of every promise of a step that has not ended; their processes read who is told, and those that have more time decided who decides. Nothing where these owe it already. */
export async function ownDeadlines(
  sql: PoolClient,
  { workflowId, step }: { readonly workflowId: string; readonly step: string },
  { role, branch, person }: DeadlineOwner,
): Promise<void> {
  const { rows } = await sql.query<{ id: string; key: string; revision: number }>(
    `update deadlines d set owner_role = $3, branch = coalesce($4, branch), owner_person = $5, later_revision = revision + 1
      where ${owedByProcess('d', '$1')} and step = $2 and ended_at is null
        and (owner_role, coalesce($4, branch), owner_person) is distinct from ($3, branch, $5)
      returning deadline_id::text as id, business_key as key, revision`,
    [workflowId, step, role, branch, person ?? null],
  );
  await queueSignals(
    sql,
    rows.map(({ id, key, revision }) => ({
      key: `deadline-changed:${id}:${revision}`,
      workflowId,
      signal: 'deadlineChanged',
      args: [key, revision],
    })),
  );
  await tellExtensions(
    sql,
    rows.map(({ id, key, revision }) => ({ deadlineId: id, businessKey: key, revision })),
    'computed anew',
  );
}
