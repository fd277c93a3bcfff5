/**
 * Processes that have ended are closed in the book: they wait for nothing. One that was terminated or failed leaves work that
 * nobody follows: its tasks leave the lists, its promises are abandoned - still owed, by nobody - and the supervisors are told.
 * The same id may be started again; then it finds both again.
 */
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../database/transaction';
import { abandonDeadlinesOf } from '../deadlines/end-deadline';
import { queueNotice } from '../outbox/queue-notice';
import { withdrawTasksOf } from '../tasks/withdraw-task';
import type { EndedHow } from './describe-process';
import { ofProcess } from '../database/of-process';
import { owedByProcess } from '../database/promises-found';

export interface EndedProcess {
  readonly workflowId: string;
  /** Runs as they were before Temporal was asked: another run that has begun since is not closed. */
  readonly runs: number;
  readonly how: EndedHow;
}

const WORDS: Readonly<Record<EndedHow, { readonly zh: string; readonly en: string }>> = {
  completed: { zh: '已结束', en: 'has ended' },
  failed: { zh: '已失败', en: 'has failed' },
  cancelled: { zh: '已取消', en: 'was cancelled' },
  terminated: { zh: '已被终止', en: 'was terminated' },
  'timed out': { zh: '已超时', en: 'has timed out' },
  'not found': { zh: '在流程引擎中已不存在', en: 'is not known to Temporal' },
};

/**
 * Of `processes`: open in the book, and started. One whose start still waits is not known to Temporal yet, or by an
 * earlier run that has ended: asked about it, Temporal would have a process closed that is about to begin.
 */
export const OPEN_AND_STARTED = `not closed and not exists (
  select from waiting_messages m where m.workflow_id = processes.workflow_id and m.kind = 'start')`;

/** Safe to repeat, and by several workers at once. */
export async function closeProcesses(pool: Pool, ended: readonly EndedProcess[]): Promise<void> {
  if (ended.length === 0) return;
  const rest = await closeThoseWithoutRest(pool, ended);
  for (const one of rest) await inTransaction(pool, (sql) => closeWithRest(sql, one));
}

/** Those that did what they had to, in one statement; answers the others. */
async function closeThoseWithoutRest(pool: Pool, ended: readonly EndedProcess[]): Promise<readonly EndedProcess[]> {
  const quiet = ended.filter(({ how }) => how === 'completed' || how === 'not found');
  if (quiet.length === 0) return ended;
  const { rows } = await pool.query<{ workflow_id: string }>(
    `with closed as (
       update processes p set closed = true, ended = e.how
         from unnest($1::text[], $2::integer[], $3::text[]) as e (workflow_id, runs, how)
        where p.workflow_id = e.workflow_id and p.runs = e.runs and not p.closed
          and not exists (select from deadlines d where ${owedByProcess('d', 'p.workflow_id')} and d.ended_at is null)
          and not exists (select from tasks t where ${ofProcess('t.workflow_id', 'p.workflow_id')} and t.state in ('open', 'claimed'))
       returning p.workflow_id),
     unwaited as (delete from clock_waits w using closed c where w.workflow_id = c.workflow_id)
     select workflow_id from closed`,
    [quiet.map(({ workflowId }) => workflowId), quiet.map(({ runs }) => runs), quiet.map(({ how }) => how)],
  );
  const closed = new Set(rows.map(({ workflow_id: id }) => id));
  return ended.filter(({ workflowId }) => !closed.has(workflowId));
}

async function closeWithRest(sql: PoolClient, { workflowId, runs, how }: EndedProcess): Promise<void> {
  const { rowCount } = await sql.query(
    'update processes set closed = true, ended = $3 where workflow_id = $1 and runs = $2 and not closed',
    [workflowId, runs, how],
  );
  if (rowCount !== 1) return;
  await sql.query('delete from clock_waits where workflow_id = $1', [workflowId]);
  const { zh, en } = WORDS[how];
  const cause = `流程${zh} the process ${en}`;
  const tasks = await withdrawTasksOf(sql, workflowId, cause);
  const promises = await abandonDeadlinesOf(sql, workflowId, cause);
  await queueNotice(sql, {
    key: `process-ended:${workflowId}:${runs}`,
    workflowId,
    severity: 'critical',
    recipientRole: 'supervisor',
    template: 'PROCESS_ENDED',
    facts: { process: workflowId, how: WORDS[how], tasks: String(tasks), promises: String(promises) },
  });
}
