/**
 * Works the rows of bulks that wait, each in a transaction of its own with its own judgement of role, side and four eyes. What was
 * asked for stays a row until it has its result: a worker that dies leaves it to the next, and what was done before is found done.
 */
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { PoolClient } from 'pg';
import { BusinessError, isErrorCode, textOf, type BilingualText, type ErrorCode } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import { assignIn } from './assign-task';
import { claimIn, releaseIn } from './claim-task';
import type { IntakeDependencies } from './dependencies';

type Deps = Pick<IntakeDependencies, 'pool' | 'temporal'>;

/** How long one process may take to answer before the row is left for another time. */
const ANSWER_WITHIN_MS = 5_000;
/** Calls without an answer after which a row has failed. */
const TRIES = 5;

interface WaitingRow {
  readonly bulk_id: string;
  readonly place: number;
  readonly task_id: string;
  readonly revision: number;
  readonly attempt: number;
  readonly tries: number;
  readonly action: 'claim' | 'release' | 'assign' | 'complete';
  readonly form: Readonly<Record<string, unknown>> | null;
  readonly given_to: string | null;
  readonly reason: string | null;
  readonly made_by: string;
  readonly made_for: string | null;
  readonly request_id: string;
  readonly workflow_id: string;
  readonly role: string;
}

/** Works until nothing waits that another is not at; answers how many rows it gave a result. */
export async function workBulks(deps: Deps, stopped: () => boolean = () => false): Promise<number> {
  let worked = 0;
  const left = new Set<string>();
  while (!stopped()) {
    const end = await workOne(deps, left);
    if (end === 'nothing') return worked;
    if (end === 'ended') worked += 1;
  }
  return worked;
}

/** @param left rows that got no answer in this round, and are left for the next */
function workOne({ pool, temporal }: Deps, left: Set<string>): Promise<'nothing' | 'ended' | 'left'> {
  return inTransaction(pool, async (sql) => {
    const row = await nextRow(sql, [...left]);
    if (row === undefined) return 'nothing';
    await sql.query('savepoint of_row');
    try {
      await act(sql, temporal, row);
      await sql.query(
        `update task_bulk_rows set state = 'done', done_at = business_now() where bulk_id = $1 and place = $2`,
        [row.bulk_id, row.place],
      );
      return 'ended';
    } catch (error) {
      await sql.query('rollback to savepoint of_row');
      const refusal = refusalOf(error, row);
      if (refusal !== undefined) {
        await endRow(sql, row, 'refused', refusal.code, refusal.text);
        return 'ended';
      }
      left.add(`${row.bulk_id}:${row.place}`);
      if (row.tries + 1 < TRIES) {
        await sql.query('update task_bulk_rows set tries = tries + 1 where bulk_id = $1 and place = $2', [
          row.bulk_id,
          row.place,
        ]);
        return 'left';
      }
      await endRow(sql, row, 'failed', 'TEMPORAL_UNAVAILABLE', textOf('TEMPORAL_UNAVAILABLE', {}));
      return 'ended';
    }
  });
}

async function nextRow(sql: PoolClient, left: readonly string[]): Promise<WaitingRow | undefined> {
  const { rows } = await sql.query<WaitingRow>(
    `select r.bulk_id::text, r.place, r.task_id::text, r.revision, r.attempt, r.tries, b.action, b.form, b.given_to, b.reason, b.made_by,
            b.made_for, b.request_id, t.workflow_id, t.role
       from task_bulk_rows r join task_bulks b using (bulk_id) join tasks t using (task_id)
      where r.state = 'waiting' and r.bulk_id || ':' || r.place <> all ($1::text[])
      order by r.bulk_id, r.place limit 1 for update of r skip locked`,
    [left],
  );
  return rows[0];
}

async function act(sql: PoolClient, temporal: Deps['temporal'], row: WaitingRow): Promise<void> {
  const of = {
    taskId: row.task_id,
    person: row.made_by,
    onBehalfOf: row.made_for ?? undefined,
    requestId: row.request_id,
  };
  switch (row.action) {
    case 'claim':
      return claimIn(sql, of);
    case 'release':
      return releaseIn(sql, of);
    case 'assign':
      return assignIn(sql, { ...of, to: row.given_to ?? '', reason: row.reason ?? '' });
    case 'complete':
      return complete(sql, temporal, row);
  }
}

/** By the process that waits for it, as one by one; the same attempt is the same update. */
async function complete(sql: PoolClient, temporal: Deps['temporal'], row: WaitingRow): Promise<void> {
  const { rows } = await sql.query<{ now: string }>('select business_now() as now');
  const actor = {
    person: row.made_by,
    role: row.role,
    ...(row.made_for === null ? {} : { onBehalfOf: row.made_for }),
  };
  const { task_id: taskId, revision, form, request_id: requestId } = row;
  await temporal.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
    temporal.workflow.getHandle(row.workflow_id).executeUpdate('completeTask', {
      updateId: `bulk:${row.bulk_id}:${taskId}:${row.attempt}`,
      args: [{ taskId, revision, form, actor, requestId, at: rows[0]?.now ?? '' }],
    }),
  );
}

interface Refusal {
  readonly code: ErrorCode;
  readonly text: BilingualText;
}

/** What speaks against the row itself; nothing where only no answer came. */
function refusalOf(error: unknown, row: WaitingRow): Refusal | undefined {
  if (error instanceof BusinessError) {
    const { code, text } = error;
    return { code, text };
  }
  if (error instanceof WorkflowNotFoundError)
    return { code: 'TASK_NOT_OPEN', text: textOf('TASK_NOT_OPEN', { task: row.task_id }) };
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const { type, details } = error.cause;
  if (typeof type !== 'string' || !isErrorCode(type)) return undefined;
  return { code: type, text: textOf(type, (details?.[0] ?? {}) as Parameters<typeof textOf>[1]) };
}

async function endRow(
  sql: PoolClient,
  row: WaitingRow,
  state: 'refused' | 'failed',
  code: ErrorCode,
  text: BilingualText,
): Promise<void> {
  await sql.query(
    'update task_bulk_rows set state = $3, code = $4, sentence = $5, done_at = business_now() where bulk_id = $1 and place = $2',
    [row.bulk_id, row.place, state, code, JSON.stringify(text)],
  );
}
