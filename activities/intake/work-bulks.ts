/**
 * Works the rows of bulks that wait, each in a transaction of its own with its own judgement of role, side and four eyes. What was
 * asked for stays a row until it has its result: a worker that dies leaves it to the next, and what was done before is found done.
 */
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { PoolClient } from 'pg';
import { BusinessError, SeveralRefusals, textOf, type BilingualText, type ErrorCode } from '../../domain/errors';
import { refusalsTold } from '../../domain/told-refusals';
import { inTransaction } from '../database/transaction';
import { assignIn } from './assign-task';
import { claimIn, releaseIn } from './claim-task';
import type { IntakeDependencies } from './dependencies';
import { GRPC, grpcStatusOf } from './grpc-status';
import { recordRefusalIn } from './record-refusal';
import { aboutTask, formByReference } from './typed-texts';

type Deps = Pick<IntakeDependencies, 'pool' | 'temporal'>;

/** How long one process may take to answer before the row is left for another time. */
const ANSWER_WITHIN_MS = 5_000;
/** Failures of the row's own process after which the row has failed. */
const FAILURES_AT_MOST = 5;
/** Calls in a row without any answer after which a round is over: nobody is there. */
const SILENCE = 3;

interface WaitingRow {
  readonly bulk_id: string;
  readonly place: number;
  readonly task_id: string;
  readonly revision: number;
  readonly attempt: number;
  readonly failures: number;
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

/**
 * Works until nothing waits that another is not at; answers how many rows it gave a result. A server or workers that are away end the
 * round: what waits goes on waiting for them, however long, and is worked by a later round.
 */
export async function workBulks(deps: Deps, stopped: () => boolean = () => false): Promise<number> {
  let worked = 0;
  let silence = 0;
  const left = new Set<string>();
  while (!stopped() && silence < SILENCE) {
    const end = await workOne(deps, left);
    if (end === 'nothing') return worked;
    if (end === 'ended') worked += 1;
    silence = end === 'no answer' ? silence + 1 : 0;
  }
  return worked;
}

type End = 'nothing' | 'ended' | 'failed once' | 'no answer';

/** @param left rows without a result in this round, which are left for the next */
function workOne(deps: Deps, left: Set<string>): Promise<End> {
  return inTransaction(deps.pool, async (sql) => {
    const row = await nextRow(sql, [...left]);
    if (row === undefined) return 'nothing';
    await sql.query('savepoint of_row');
    try {
      await act(sql, deps, row);
      await sql.query(
        `update task_bulk_rows set state = 'done', done_at = business_now() where bulk_id = $1 and place = $2`,
        [row.bulk_id, row.place],
      );
      return 'ended';
    } catch (error) {
      await sql.query('rollback to savepoint of_row');
      return withoutEffect(sql, row, error, left);
    }
  });
}

/** What becomes of a row that was not done. */
async function withoutEffect(sql: PoolClient, row: WaitingRow, error: unknown, left: Set<string>): Promise<End> {
  const refusal = refusalOf(error, row);
  if (refusal !== undefined) {
    await endRow(sql, row, 'refused', refusal.codes[0], refusal.text);
    // A process that refuses tells it by itself.
    if (!refusal.byProcess) await recordRefusalIn(sql, attemptOf(row, refusal.codes));
    return 'ended';
  }
  const silent = isSilence(error);
  if (!silent && row.failures + 1 >= FAILURES_AT_MOST) {
    await endRow(sql, row, 'failed', 'TEMPORAL_UNAVAILABLE', textOf('TEMPORAL_UNAVAILABLE', {}));
    return 'ended';
  }
  left.add(`${row.bulk_id}:${row.place}`);
  await sql.query(
    'update task_bulk_rows set tries = tries + 1, failures = failures + $3 where bulk_id = $1 and place = $2',
    [row.bulk_id, row.place, silent ? 0 : 1],
  );
  return silent ? 'no answer' : 'failed once';
}

/** What has been tried least comes first: one that gets no answer holds up nobody. */
async function nextRow(sql: PoolClient, left: readonly string[]): Promise<WaitingRow | undefined> {
  const { rows } = await sql.query<WaitingRow>(
    `select r.bulk_id::text, r.place, r.task_id::text, r.revision, r.attempt, r.failures, b.action, b.form, b.given_to, b.reason, b.made_by,
            b.made_for, coalesce(r.request_id, b.request_id) as request_id, t.workflow_id, t.role
       from task_bulk_rows r join task_bulks b using (bulk_id) join tasks t using (task_id)
      where r.state = 'waiting' and r.bulk_id || ':' || r.place <> all ($1::text[])
      order by r.tries, r.bulk_id, r.place limit 1 for update of r skip locked`,
    [left],
  );
  return rows[0];
}

async function act(sql: PoolClient, deps: Deps, row: WaitingRow): Promise<void> {
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
      return complete(deps, row);
  }
}

/** By the process that waits for it, as one by one; the same attempt is the same update. */
async function complete({ pool, temporal }: Deps, row: WaitingRow): Promise<void> {
  const { task_id: taskId, revision, made_for: onBehalfOf, role, request_id: requestId } = row;
  const { rows } = await pool.query<{ now: string; schema: unknown }>(
    'select business_now() as now, form as schema from tasks join task_forms using (form_id) where task_id = $1',
    [taskId],
  );
  // Texts stand in the database before the process hears of them.
  const form = await formByReference(pool, aboutTask(taskId), rows[0]?.schema, row.form ?? {});
  const actor = { person: row.made_by, role, ...(onBehalfOf === null ? {} : { onBehalfOf }) };
  await temporal.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
    temporal.workflow.getHandle(row.workflow_id).executeUpdate('completeTask', {
      updateId: `bulk:${row.bulk_id}:${taskId}:${row.attempt}`,
      args: [{ taskId, revision, form, actor, requestId, at: rows[0]?.now ?? '' }],
    }),
  );
}

interface Refusal {
  /** The first is that of the row. */
  readonly codes: readonly [ErrorCode, ...ErrorCode[]];
  readonly text: BilingualText;
  readonly byProcess: boolean;
}

/** What speaks against the row itself; nothing where only no answer came. */
function refusalOf(error: unknown, row: WaitingRow): Refusal | undefined {
  if (error instanceof BusinessError) {
    const { code, text } = error;
    const further = error instanceof SeveralRefusals ? error.all.slice(1).map((one) => one.code) : [];
    return { codes: [code, ...further], text, byProcess: false };
  }
  if (error instanceof WorkflowNotFoundError)
    return {
      codes: ['TASK_NOT_OPEN'],
      text: textOf('TASK_NOT_OPEN', { task: row.task_id }),
      byProcess: false,
    };
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const [first, ...further] = refusalsTold(error.cause.type, error.cause.details);
  if (first === undefined) return undefined;
  return {
    codes: [first.code, ...further.map(({ code }) => code)],
    text: textOf(first.code, first.details),
    byProcess: true,
  };
}

/** Nobody was there to answer, and it says nothing about the row. */
function isSilence(error: unknown): boolean {
  const status = grpcStatusOf(error);
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    (status !== undefined && status !== GRPC.FAILED_PRECONDITION)
  );
}

const attemptOf = (row: WaitingRow, codes: readonly ErrorCode[]) => ({
  actor: row.made_by,
  onBehalfOf: row.made_for ?? undefined,
  role: row.role,
  action: `${row.action}Task`,
  objectType: 'tasks',
  objectId: row.task_id,
  codes,
  requestId: row.request_id,
  workflowId: row.workflow_id,
});

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
