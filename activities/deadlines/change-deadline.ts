/**
 * Promises are computed anew: a clock was stopped or resumed, one was extended, or a calendar was corrected. Old and new
 * instants are kept, and the process is told through the outbox, so that nothing rings at an instant that no longer holds.
 */
import type { PoolClient } from 'pg';
import { recordAudit } from '../audit/record-audit';
import { queueSignals } from '../outbox/queue-message';
import { moveLapses } from '../permissions/closing-promise';
import { inLockOrder } from '../tasks/lock-order';
import { instantsOf } from './compute-instants';
import { climbedOf, lockDeadline, type Climbed, type DeadlineRow } from './deadline-row';
import { ofProcess, ofProcesses } from '../database/of-process';
import { owedByProcesses } from '../database/promises-found';

/** The signal `deadlineChanged` of workflows/messages/deadlines.ts. */
const SIGNAL = 'deadlineChanged';

export interface ChangeCause {
  readonly cause: 'stopped' | 'resumed' | 'extended' | 'calendar corrected';
  readonly by: string;
  readonly onBehalfOf?: string | undefined;
  readonly role?: string | undefined;
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
}

/** A promise before and after it was computed anew. */
export interface DeadlineChange {
  readonly before: DeadlineRow;
  readonly after: DeadlineRow;
}

/** One promise anew, after its clock or its length changed; what is to be climbed from here. */
export async function changeDeadline(sql: PoolClient, row: DeadlineRow, cause: ChangeCause): Promise<Climbed> {
  const [change] = await changesOf(sql, [row]);
  if (change === undefined) return climbedOf(sql, row);
  await writeChanges(sql, [change], cause);
  const { before, after } = change;
  await recordAudit(sql, {
    actor: cause.by,
    onBehalfOf: cause.onBehalfOf,
    role: cause.role,
    requestId: cause.requestId,
    workflowId: row.workflowId,
    action: `deadline ${cause.cause}`,
    outcome: 'done',
    objectType: 'deadline',
    objectId: row.businessKey,
    reason: cause.reason,
    before: { dueAt: before.dueAt, version: before.version },
    after: { dueAt: after.dueAt, version: after.version },
  });
  return climbedOf(sql, await lockDeadline(sql, row.businessKey));
}

/**
 * Which of these promises move, by the calendars, stops and lengths that hold now.
 * @throws BusinessError CALENDAR_OUT_OF_RANGE where one of them has no answer any more
 */
export async function changesOf(sql: PoolClient, rows: readonly DeadlineRow[]): Promise<readonly DeadlineChange[]> {
  const compute = await instantsOf(sql, rows);
  const changes: DeadlineChange[] = [];
  for (const before of rows) {
    const after = { ...before, ...(await compute(before)), revision: before.revision + 1 };
    if (!sameInstants(before, after)) changes.push({ before, after });
  }
  return changes;
}

/**
 * Writes what moved, keeps what it was, moves the open tasks that were due by it, those that decide about more time for it too, and tells
 * the processes. A breach that moved into the future was none; one before a new limit that is over too is one of the new limit.
 */
export async function writeChanges(
  sql: PoolClient,
  changes: readonly DeadlineChange[],
  { cause, by }: ChangeCause,
): Promise<void> {
  const moved = JSON.stringify(
    changes.map(({ before, after }) => ({
      id: before.deadlineId,
      revision: after.revision,
      due_before: before.dueAt,
      due_after: after.dueAt,
      rungs_before: before.rungs,
      rungs_after: after.rungs,
      version_before: before.version,
      version_after: after.version,
    })),
  );
  const shape = `jsonb_to_recordset($1::jsonb) as m (id bigint, revision integer, due_before timestamptz, due_after timestamptz,
                   rungs_before jsonb, rungs_after jsonb, version_before text, version_after text)`;
  await sql.query(
    `insert into deadline_changes (deadline_id, revision, cause, due_before, due_after, rungs_before, rungs_after, version_before,
                                   version_after, by)
     select m.id, m.revision, $2, m.due_before, m.due_after, m.rungs_before, m.rungs_after, m.version_before, m.version_after, $3
       from ${shape}`,
    [moved, cause, by],
  );
  await sql.query(
    `update deadlines d
        set due_at = m.due_after, rungs = rungs_kept(m.rungs_after, m.due_after), later_revision = m.revision, civil_version = civil_version_of(m.version_after),
            other_calendars = case when civil_version_of(m.version_after) is null then m.version_after end,
            breached_at = case when d.state <> 'breached' then d.breached_at
                               when m.due_after <= business_now() then greatest(d.breached_at, m.due_after) end
       from ${shape} where d.deadline_id = m.id`,
    [moved],
  );
  await lockTasksOf(
    sql,
    changes.map(({ before }) => before),
  );
  await sql.query(
    `update tasks t set due_at = m.due_after
       from ${shape} join deadlines d on d.deadline_id = m.id
      where ${ofProcess('t.workflow_id', 'd.workflow_id')} and t.due_at = m.due_before and t.state in ('open', 'claimed')`,
    [moved],
  );
  await sql.query(
    `update tasks t set due_at = m.due_after
       from ${shape} join deadline_extensions e on e.deadline_id = m.id and e.state = 'asked'
      where ${ofProcess('t.workflow_id', OF_EXTENSION)} and t.due_at = m.due_before and t.state in ('open', 'claimed')`,
    [moved],
  );
  await moveLapses(
    sql,
    changes.map(({ before }) => before.deadlineId),
  );
  await queueSignals(
    sql,
    changes.map(({ before, after }) => ({
      key: `deadline-changed:${before.deadlineId}:${after.revision}`,
      workflowId: before.workflowId,
      signal: SIGNAL,
      args: [before.businessKey, after.revision],
    })),
  );
  await tellExtensions(
    sql,
    changes.map(({ after }) => after),
    'computed anew',
  );
}

/** What may move with these promises, locked in the one order of tasks: all that is open of their cases, since another clock of the same case moves others. */
async function lockTasksOf(sql: PoolClient, rows: readonly DeadlineRow[]): Promise<void> {
  await sql.query(
    `select from tasks t
      where t.state in ('open', 'claimed')
        and ${ofProcesses('t.workflow_id', `($1::text[] || array(select ${OF_EXTENSION} from deadline_extensions e where e.deadline_id = any($2) and e.state = 'asked'))`)}
      order by ${inLockOrder('t')} for no key update`,
    [[...new Set(rows.map(({ workflowId }) => workflowId))], rows.map(({ deadlineId }) => deadlineId)],
  );
}

/**
 * More time that is being asked for is decided before the limit, and not for a promise that has ended: its process looks again.
 * @param why the end of a promise is told apart from the newest computation, which it does not change
 */
export async function tellExtensions(
  sql: PoolClient,
  rows: readonly Pick<DeadlineRow, 'deadlineId' | 'businessKey' | 'revision'>[],
  why: 'computed anew' | 'ended',
): Promise<void> {
  const { rows: asked } = await sql.query<{ id: string; of: string }>(
    `select extension_id::text as id, deadline_id::text as of from deadline_extensions
      where state = 'asked' and deadline_id = any($1) order by extension_id`,
    [rows.map(({ deadlineId }) => deadlineId)],
  );
  const row = new Map(rows.map((one) => [one.deadlineId, one]));
  await queueSignals(
    sql,
    asked.map(({ id, of }) => ({
      key: `extension-looks-again:${id}:${why === 'ended' ? why : row.get(of)?.revision}:${of}`,
      workflowId: extensionProcessOf(id),
      signal: SIGNAL,
      args: [row.get(of)?.businessKey, row.get(of)?.revision],
    })),
  );
}

/**
 * More time that is being asked for in cases: who decides about it may be another one now, so its process looks again.
 * @param cause key of the act
 */
export async function tellExtensionsOf(sql: PoolClient, workflowIds: readonly string[], cause: string): Promise<void> {
  const { rows } = await sql.query<{ id: string; key: string; revision: number }>(
    `select x.extension_id::text as id, d.business_key as key, d.revision from deadline_extensions x join deadlines d using (deadline_id)
      where ${owedByProcesses('d', '$1')} and x.state = 'asked' order by 1`,
    [workflowIds],
  );
  await queueSignals(
    sql,
    rows.map(({ id, key, revision }) => ({
      key: `extension-looks-again:${id}:${cause}`,
      workflowId: extensionProcessOf(id),
      signal: SIGNAL,
      args: [key, revision],
    })),
  );
}

/** Id of the process that has more time decided. */
export const extensionProcessOf = (extensionId: string): string => `deadline-extension:${extensionId}`;

/** SQL: the same of an extension `e`. */
const OF_EXTENSION = `('${extensionProcessOf('')}' || e.extension_id)`;

const sameInstants = (one: DeadlineRow, other: DeadlineRow): boolean =>
  one.dueAt === other.dueAt &&
  one.rungs.length === other.rungs.length &&
  one.rungs.every(({ dueAt }, place) => dueAt === other.rungs[place]?.dueAt);
