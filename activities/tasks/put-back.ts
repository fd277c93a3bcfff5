/** Held tasks go back on the list where whoever holds them turns out to be kept out of the case: nobody else could do them, nor the holder. */
import type { PoolClient } from 'pg';
import { recordAct } from './record-act';

interface Held {
  readonly task_id: string;
  readonly workflow_id: string;
  readonly kind: string;
  readonly revision: number;
  readonly role: string;
  readonly holder: string;
}

export interface PutBack {
  /** The process of the case; those that work for it go with it. */
  readonly workflowId: string;
  /** Whose act keeps the holders out. */
  readonly by: string;
  readonly requestId?: string | undefined;
}

/** Within the transaction of the cause; by whatever account they are held. */
export async function putBackTasks(sql: PoolClient, { workflowId, by, requestId }: PutBack): Promise<void> {
  const { rows } = await sql.query<Held>(
    `with away as materialized (
       select p.person from kept_out_of($1) k join people p on p.natural_person = k.human where k.keeps_from = 'all work')
     select t.task_id::text, t.workflow_id, t.kind, t.revision, t.role, t.claimed_by as holder
       from tasks t join away on away.person = t.claimed_by
      where t.state = 'claimed' and process_behind(t.workflow_id) = $1 order by t.task_id for update of t`,
    [workflowId],
  );
  for (const task of rows) {
    await sql.query(`update tasks set state = 'open', claimed_by = null, assigned_by = null where task_id = $1`, [
      task.task_id,
    ]);
    await recordAct(sql, {
      kind: 'released',
      task,
      actor: by,
      before: { state: 'claimed', claimedBy: task.holder },
      after: { state: 'open' },
      requestId,
    });
  }
}
