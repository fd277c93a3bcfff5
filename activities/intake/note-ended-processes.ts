/**
 * Which processes of a real book have ended, where nobody settles. Two ways, each bounded: those that Temporal says have ended
 * lately, whatever their number of open ones, and a page of the open ones at a time, because what lists say may lag or be lost.
 */
import type { IntakeDependencies } from './dependencies';
import { askEach, describeProcess, endedHow } from './describe-process';
import { closeProcesses, OPEN_AND_STARTED, type EndedProcess } from './close-processes';

/** Open processes that one look describes. */
const PAGE = 200;
/** Beyond the last look: lists lag by seconds. */
const OVERLAP_MS = 120_000;
/** What ended before a worker started; older ones are found page by page. */
const FIRST_LOOK_BACK_MS = 3_600_000;

/** Where the next look goes on. */
export interface Looked {
  /** Real time of the last look, UTC. */
  readonly at: string;
  /** The last open process that was described; the first ones come next where left away. */
  readonly after?: Pick<OfAnHour, 'workflow_id' | 'hour'> | undefined;
}

/** SQL: as the index of open processes has it (`processes_open`). */
const HOUR = `date_bin('1 hour', opened_at, timestamptz '2000-01-01T00:00:00Z')`;

type Deps = Pick<IntakeDependencies, 'pool' | 'temporal'>;

interface OpenProcess {
  readonly workflow_id: string;
  readonly runs: number;
}

interface OfAnHour extends OpenProcess {
  /** In which it was opened, on the business clock. */
  readonly hour: string;
}

/** One look. @param before the answer of the one before; undefined for the first */
export async function noteEndedProcesses(deps: Deps, before?: Looked): Promise<Looked> {
  const at = new Date();
  const since = before === undefined ? at.getTime() - FIRST_LOOK_BACK_MS : new Date(before.at).getTime() - OVERLAP_MS;
  await closeEnded(deps, await endedLately(deps, new Date(since).toISOString()));
  const { rows } = await deps.pool.query<OfAnHour>(
    `select workflow_id, ${HOUR}::text as hour, runs from processes where ${OPEN_AND_STARTED} and (${HOUR}, workflow_id) > ($1::timestamptz, $2)
      order by ${HOUR}, workflow_id limit $3`,
    [before?.after?.hour ?? '-infinity', before?.after?.workflow_id ?? '', PAGE],
  );
  await closeEnded(deps, rows);
  return { at: at.toISOString(), after: rows.length < PAGE ? undefined : rows.at(-1) };
}

/** Open in the book, and ended by Temporal's list. */
async function endedLately({ pool, temporal }: Deps, since: string): Promise<readonly OpenProcess[]> {
  const found: OpenProcess[] = [];
  let ids: string[] = [];
  const keepOpen = async () => {
    const { rows } = await pool.query<OpenProcess>(
      `select workflow_id, runs from processes where ${OPEN_AND_STARTED} and workflow_id = any($1) order by workflow_id`,
      [ids],
    );
    found.push(...rows);
    ids = [];
  };
  const query = `ExecutionStatus != "Running" AND CloseTime > "${since}"`;
  for await (const { workflowId } of temporal.workflow.list({ query, pageSize: PAGE })) {
    ids.push(workflowId);
    if (ids.length === PAGE) await keepOpen();
  }
  if (ids.length > 0) await keepOpen();
  return found;
}

/** Whoever reads `runs` before Temporal is asked closes no run that begins in between. */
async function closeEnded({ pool, temporal }: Deps, open: readonly OpenProcess[]): Promise<void> {
  const looks = await askEach(open, async ({ workflow_id: workflowId, runs }) => ({
    workflowId,
    runs,
    how: endedHow(await describeProcess(temporal, workflowId)),
  }));
  await closeProcesses(
    pool,
    looks.filter((look): look is EndedProcess => look.how !== undefined),
  );
}
