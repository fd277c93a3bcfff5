/** A callback for whoever calls: the questions to ask, the calls made, when a call is allowed, what has followed. */
import type { ClientBase, Pool } from 'pg';
import type { ScriptQuestion } from '../../../domain/callbacks/call-result';
import type { CallbackWindow } from '../../../domain/callbacks/callback-windows';
import {
  attemptsOf,
  BRANCH,
  callbackIn,
  scriptOf,
  windowOf,
  type AttemptRow,
  type CallbackRow,
} from '../../callbacks/callback-row';
import { inTransaction } from '../../database/transaction';
import { ofProcess } from '../../database/of-process';
import { withKey } from '../../database/promises-found';

/** Branch of whoever is called, over `callbacks k left join registered_clients c`. */
export const CALLED_BRANCH = BRANCH;

export interface ShownCallback {
  readonly row: CallbackRow;
  readonly dueAt: string | null;
  readonly script: readonly ScriptQuestion[];
  readonly attempts: readonly AttemptRow[];
  /** Null once it has ended. */
  readonly window: CallbackWindow | null;
  readonly followUps: readonly { readonly followUp: string; readonly taskId: string; readonly state: string }[];
  /** Request for the suspension of buying that it brought. */
  readonly suspension: string | null;
}

/** @throws BusinessError NOT_FOUND */
export const showCallback = (pool: Pool, callbackNo: string): Promise<ShownCallback> =>
  inTransaction(pool, (sql) => shownCallbackIn(sql, callbackNo));

/** The same within a transaction, also one that reads as of an instant; the branch of the client is always that of today. */
export async function shownCallbackIn(sql: Pick<ClientBase, 'query'>, callbackNo: string): Promise<ShownCallback> {
  const row = await callbackIn(sql, callbackNo);
  const attempts = await attemptsOf(sql, callbackNo);
  const { rows: due } = await sql.query<{ due_at: string }>(
    `select due_at from deadlines d where ${withKey('d', '$1')}`,
    [`callback:${callbackNo}`],
  );
  const { rows: followUps } = await sql.query<ShownCallback['followUps'][number]>(
    `select facts ->> 'followUp' as "followUp", task_id::text as "taskId", state from tasks
      where ${ofProcess('workflow_id', '$1')} and kind = 'callback-follow-up' order by tasks.task_id`,
    [row.workflowId],
  );
  const { rows: suspensions } = await sql.query<{ no: string }>(
    // Written with its request, of which there are versions.
    'select request_no as no from permission_changes join permission_requests using (request_no) where callback_no = $1',
    [callbackNo],
  );
  return {
    row,
    dueAt: due[0]?.due_at ?? null,
    script: await scriptOf(sql, row),
    attempts,
    window: row.state === 'ended' ? null : await windowOf(sql, row, attempts),
    followUps,
    suspension: suspensions[0]?.no ?? null,
  };
}
