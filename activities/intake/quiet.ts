/**
 * Whether anything in the book is under way, as Temporal and the database see it. It holds as long as every message
 * under way has a sender that looks busy until its receiver does: whoever starts a process registers it first,
 * processes message each other through activities, and the outside answers inside the request.
 */
import { isGrpcServiceError } from '@temporalio/client';
import type { Pool } from 'pg';
import type { IntakeDependencies } from './dependencies';

type Description = Awaited<ReturnType<IntakeDependencies['temporal']['workflowService']['describeWorkflowExecution']>>;
type PendingActivity = Description['pendingActivities'][number];
type PendingChild = Description['pendingChildren'][number];

export interface Look {
  /** What is under way, in words; empty when all is quiet. */
  readonly busy: readonly string[];
  /** Run, status and length of every open process: two equal pictures had a quiet instant between them. */
  readonly picture: string;
  /** Waits that are due and not told, messages not sent, rows of bulks without a result: the settler's own work. */
  readonly owed: {
    readonly dueWaits: boolean;
    readonly messages: boolean;
    readonly notices: boolean;
    readonly bulks: boolean;
  };
}

const RUNNING = 1;
const NOT_FOUND = 5;
/** Started, and its first task done. */
const SHORTEST_HISTORY = 3;

/** One look at the whole book; processes found closed are marked so. */
export async function lookAround({ pool, temporal }: Pick<IntakeDependencies, 'pool' | 'temporal'>): Promise<Look> {
  const [owed, open] = await Promise.all([owedIn(pool), openProcesses(pool)]);
  const looks = await Promise.all(open.map((workflowId) => lookAt(temporal, workflowId)));
  const closed = open.filter((_, place) => looks[place]?.isClosed === true);
  if (closed.length > 0) await markClosed(pool, closed);
  return {
    owed,
    busy: looks.flatMap(({ busy }) => busy),
    picture: looks.map(({ picture }) => picture).join('\n'),
  };
}

async function owedIn(pool: Pool): Promise<Look['owed']> {
  const { rows } = await pool.query<{ due: boolean; messages: boolean; notices: boolean; bulks: boolean }>(
    `select exists (select 1 from clock_waits, business_clock c where c.mode = 'manual' and at <= c.now) as due,
            exists (select 1 from outbox where sent_at is null and kind <> 'notice') as messages,
            exists (select 1 from outbox where kind = 'notice' and due_at <= business_now()
                    and (looked_at is null or looked_at < business_now())) as notices,
            exists (select 1 from task_bulk_rows where state = 'waiting') as bulks`,
  );
  const [row] = rows;
  return {
    dueWaits: row?.due === true,
    messages: row?.messages === true,
    notices: row?.notices === true,
    bulks: row?.bulks === true,
  };
}

async function openProcesses(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ workflow_id: string }>(
    'select workflow_id from processes where not closed order by workflow_id',
  );
  return rows.map((row) => row.workflow_id);
}

/** Marks the processes that have ended, in a book where nobody settles: their ids may be started again. */
export async function noteEndedProcesses(deps: Pick<IntakeDependencies, 'pool' | 'temporal'>): Promise<void> {
  await lookAround(deps);
}

/** A process that has ended waits for nothing. It opens its row again when it is started anew. */
async function markClosed(pool: Pool, workflowIds: readonly string[]): Promise<void> {
  await pool.query('update processes set closed = true where workflow_id = any($1)', [workflowIds]);
  await pool.query('delete from clock_waits where workflow_id = any($1)', [workflowIds]);
}

interface ProcessLook {
  readonly isClosed: boolean;
  readonly busy: readonly string[];
  readonly picture: string;
}

async function lookAt(temporal: IntakeDependencies['temporal'], workflowId: string): Promise<ProcessLook> {
  const description = await describe(temporal, workflowId);
  const execution = description?.workflowExecutionInfo;
  if (!description || !execution || Number(execution.status) !== RUNNING) {
    return { isClosed: true, busy: [], picture: `${workflowId} ${execution?.status ?? 'none'}` };
  }
  const length = Number.parseInt(String(execution.historyLength ?? 0), 10);
  const children = await Promise.all(
    (description.pendingChildren ?? []).map((child) => lookAtChild(temporal, workflowId, child)),
  );
  // What long verbs tell of their progress; a bare sign of life is none.
  const progress = (description.pendingActivities ?? []).map(({ heartbeatDetails }) =>
    (heartbeatDetails?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString()).join(),
  );
  return {
    isClosed: false,
    busy: [
      ...(length < SHORTEST_HISTORY ? [`${workflowId}: has just been started`] : []),
      ...workflowTask(workflowId, description),
      ...(description.pendingActivities ?? []).map((activity) => activityText(workflowId, activity)),
      ...children.flatMap(({ busy }) => busy),
    ],
    picture: [
      `${workflowId} ${execution.execution?.runId} ${length} ${progress.join(' ')}`,
      ...children.map(({ picture }) => picture),
    ].join('\n'),
  };
}

/** A child that is under way without having registered yet, or whose result is on its way to the parent. */
async function lookAtChild(
  temporal: IntakeDependencies['temporal'],
  parent: string,
  child: PendingChild,
): Promise<ProcessLook> {
  const workflowId = child.workflowId ?? '';
  if (!child.runId)
    return { isClosed: false, busy: [`${parent}: starts ${workflowId}`], picture: `${workflowId} starts` };
  const look = await lookAt(temporal, workflowId);
  return look.isClosed ? { ...look, busy: [`${parent}: takes the result of ${workflowId}`] } : look;
}

function workflowTask(workflowId: string, { pendingWorkflowTask: task }: Description): readonly string[] {
  if (task === undefined || task === null) return [];
  return [`${workflowId}: workflow task, attempt ${task.attempt ?? 1}`];
}

function activityText(workflowId: string, activity: PendingActivity): string {
  const failure = activity.lastFailure?.message;
  return (
    `${workflowId}: activity ${activity.activityType?.name}, attempt ${activity.attempt ?? 1}` +
    (failure ? `, last failure ${failure}` : '')
  );
}

async function describe(
  temporal: IntakeDependencies['temporal'],
  workflowId: string,
): Promise<Description | undefined> {
  try {
    return await temporal.workflowService.describeWorkflowExecution({
      namespace: temporal.options.namespace,
      execution: { workflowId },
    });
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND) return undefined;
    throw error;
  }
}
