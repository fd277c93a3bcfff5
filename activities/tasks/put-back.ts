/** Held tasks go back on the list where whoever holds them may do them no more: kept out of the case, or gone. Nobody else could do them. */
import type { PoolClient } from 'pg';
import { inLockOrder } from './lock-order';
import { recordAct } from './record-act';

interface Held {
  readonly task_id: string;
  readonly workflow_id: string;
  readonly kind: string;
  readonly revision: number;
  readonly role: string;
  readonly holder: string;
}

interface Cause {
  /** Whose act takes them from their holders, in which role where it is asked for by a person. */
  readonly by: string;
  readonly role?: string;
  readonly requestId?: string | undefined;
}

export interface PutBack extends Cause {
  /** The process of the case; those that work for it go with it. */
  readonly workflowId: string;
}

/** SQL, one column `person`: accounts of those who do no work of the case $1. */
export const ACCOUNTS_KEPT_OUT = `
  select p.person from kept_out_of($1) k join people p on p.natural_person = k.human where k.keeps_from = 'all work'`;

/** What whoever is kept out of the case holds of it, by whatever account. Within the transaction of the cause. */
export async function putBackTasks(sql: PoolClient, { workflowId, ...cause }: PutBack): Promise<void> {
  const { rows } = await sql.query<Held>(
    `with away as materialized (${ACCOUNTS_KEPT_OUT})
     select t.task_id::text, t.workflow_id, t.kind, t.revision, t.role, t.claimed_by as holder
       from tasks t join away on away.person = t.claimed_by
      where t.state = 'claimed' and process_behind(t.workflow_id) = $1 order by ${inLockOrder('t')} for update of t`,
    [workflowId],
  );
  await putBack(sql, rows, cause);
}

/** All that an account holds. Within the transaction of the cause. @returns numbers of the tasks */
export async function putBackAllOf(sql: PoolClient, person: string, cause: Cause): Promise<readonly string[]> {
  const { rows } = await sql.query<Held>(
    `select task_id::text, workflow_id, kind, revision, role, claimed_by as holder from tasks t
      where state = 'claimed' and claimed_by = $1 order by ${inLockOrder('t')} for update`,
    [person],
  );
  await putBack(sql, rows, cause);
  return rows.map(({ task_id }) => task_id);
}

async function putBack(sql: PoolClient, held: readonly Held[], { by, role, requestId }: Cause): Promise<void> {
  for (const task of held) {
    await sql.query(`update tasks set state = 'open', claimed_by = null, assigned_by = null where task_id = $1`, [
      task.task_id,
    ]);
    await recordAct(sql, {
      kind: 'released',
      task,
      actor: by,
      ...(role === undefined ? {} : { role }),
      before: { state: 'claimed', claimedBy: task.holder },
      after: { state: 'open' },
      requestId,
    });
  }
}
