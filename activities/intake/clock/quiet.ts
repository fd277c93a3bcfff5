/**
 * Whether anything in the book is under way, as Temporal and the database see it. It holds as long as every message
 * under way has a sender that looks busy until its receiver does: whoever starts a process registers it first,
 * processes message each other through activities, and the outside answers inside the request.
 */
import type { Pool } from 'pg';
import { closeProcesses, OPEN_AND_STARTED, type EndedProcess } from '../close-processes';
import type { IntakeDependencies } from '../dependencies';
import { askEach, describeProcess, endedHow, type Description, type EndedHow } from '../describe-process';

type PendingActivity = Description['pendingActivities'][number];
type PendingChild = Description['pendingChildren'][number];

export interface Look {
  /** What is under way, in words; empty when all is quiet. */
  readonly busy: readonly string[];
  /** The processes in which it is. */
  readonly busyProcesses: readonly string[];
  /** Run, status and length of every open process: two equal pictures had a quiet instant between them. */
  readonly picture: string;
  /** Waits that are due and not told, messages not sent, rows of bulks without a result: the settler's own work. Filings are a worker's. */
  readonly owed: {
    readonly dueWaits: boolean;
    readonly messages: boolean;
    readonly notices: boolean;
    readonly bulks: boolean;
    readonly filings: boolean;
  };
}

/** Started, and its first task done. */
const SHORTEST_HISTORY = 3;

/**
 * One look at the whole book, or at some of its processes; those found ended are closed.
 * @param among ids; a look at some alone says when they have come to rest, and nothing of the others
 */
export async function lookAround(
  { pool, temporal }: Pick<IntakeDependencies, 'pool' | 'temporal'>,
  among?: readonly string[],
): Promise<Look> {
  const [owed, open] = await Promise.all([owedIn(pool), openProcesses(pool, among)]);
  const looks = await askEach(open, ({ workflow_id: workflowId }) => lookAt(temporal, workflowId));
  const ended = open.flatMap(({ workflow_id: workflowId, runs }, place): EndedProcess[] => {
    const how = looks[place]?.ended;
    return how === undefined ? [] : [{ workflowId, runs, how }];
  });
  await closeProcesses(pool, ended);
  return {
    owed,
    busy: looks.flatMap(({ busy }) => busy),
    busyProcesses: open.flatMap(({ workflow_id: workflowId }, place) =>
      (looks[place]?.busy.length ?? 0) > 0 ? [workflowId] : [],
    ),
    picture: looks.map(({ picture }) => picture).join('\n'),
  };
}

async function owedIn(pool: Pool): Promise<Look['owed']> {
  const { rows } = await pool.query<{
    due: boolean;
    messages: boolean;
    notices: boolean;
    bulks: boolean;
    filings: boolean;
  }>(
    `select exists (select 1 from clock_waits, business_clock c where c.mode = 'manual' and at <= c.now) as due,
            exists (select 1 from waiting_messages) as messages,
            exists (select 1 from outbox where kind = 'notice' and due_at <= business_now()
                    and (looked_at is null or looked_at < business_now())) as notices,
            exists (select 1 from task_bulk_rows where state = 'waiting') as bulks,
            exists (select 1 from election_filings where state in ('waiting', 'sent')
                    and (retry_at is null or retry_at <= clock_timestamp())) as filings`,
  );
  const [row] = rows;
  return {
    dueWaits: row?.due === true,
    messages: row?.messages === true,
    notices: row?.notices === true,
    bulks: row?.bulks === true,
    filings: row?.filings === true,
  };
}

async function openProcesses(pool: Pool, among?: readonly string[]) {
  const { rows } = await pool.query<{ readonly workflow_id: string; readonly runs: number }>(
    `select workflow_id, runs from processes where ${OPEN_AND_STARTED} and ($1::text[] is null or workflow_id = any($1)) order by workflow_id`,
    [among ?? null],
  );
  return rows;
}

interface ProcessLook {
  readonly ended: EndedHow | undefined;
  readonly busy: readonly string[];
  readonly picture: string;
}

async function lookAt(temporal: IntakeDependencies['temporal'], workflowId: string): Promise<ProcessLook> {
  const description = await describeProcess(temporal, workflowId);
  const execution = description?.workflowExecutionInfo;
  const ended = endedHow(description);
  if (!description || !execution || ended !== undefined) {
    return { ended: ended ?? 'not found', busy: [], picture: `${workflowId} ${ended ?? 'none'}` };
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
    ended: undefined,
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
    return { ended: undefined, busy: [`${parent}: starts ${workflowId}`], picture: `${workflowId} starts` };
  const look = await lookAt(temporal, workflowId);
  return look.ended !== undefined ? { ...look, busy: [`${parent}: takes the result of ${workflowId}`] } : look;
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
