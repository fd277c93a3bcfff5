/**
 * Lists of tasks, by due time. What a person may see is cut into branches of one role and one side, because each of them is a range of
 * an index that ends after the page; one condition over all of them would be a walk over everything that waits. A page is chosen by what
 * orders it: what a row says, and what follows from it, is read of those only that are shown.
 */
import type { Pool } from 'pg';
import type { Side } from '../../domain/channel';
import type { Caller } from '../identity';
import { side as sideSchema } from '../schemas';
import type { z } from '../zod';
import { processesKeptFrom } from './kept-from';
import type { TaskFilter } from './task-filter';
import { DUE, OVERDUE, TaskQuery, type Scope } from './task-query';
import { taskState, type taskLine } from './tasks';

/** A place in the list: due time in milliseconds since 1970, `none` where nothing is due; then the number. */
export type Place = readonly [due: string, taskId: string];

export interface ListedTask {
  readonly line: z.input<typeof taskLine>;
  readonly place: Place;
}

interface AskedList {
  readonly scope: Scope;
  readonly filter: TaskFilter;
  readonly after?: Place | undefined;
  readonly limit: number;
}

/** A text that so many of the list's first rows fill a page with is common: an index of texts would find far too many. */
const NEAR_PAGES = 20;

/** Tasks after a place, at most so many. */
export async function listedTasks(pool: Pool, caller: Caller, asked: AskedList): Promise<readonly ListedTask[]> {
  const { text, ...filter } = asked.filter;
  const kept = await processesKeptFrom(pool, caller);
  if (text === undefined) return rowsOf(pool, caller, { ...asked, kept, titles: [] }, undefined);
  const titles = await titlesHolding(pool, text);
  const near = await rowsOf(pool, caller, { ...asked, filter, kept, titles }, text);
  return near.length === asked.limit ? near : rowsOf(pool, caller, { ...asked, kept, titles }, undefined);
}

/** Titles are few, and are looked through. Asked for by themselves, so that the list is planned for how many tasks have them. */
async function titlesHolding(pool: Pool, text: string): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `select title_id as id from task_titles where strpos(lower(zh || ' ' || en), lower($1)) > 0`,
    [text],
  );
  return rows.map(({ id }) => id);
}

/** @param near text that is looked for within the first pages of the list only; those that it fills are the whole answer */
async function rowsOf(
  pool: Pool,
  caller: Caller,
  asked: AskedList & { readonly kept: readonly string[]; readonly titles: readonly number[] },
  near: string | undefined,
): Promise<readonly ListedTask[]> {
  const query = new TaskQuery(asked.titles);
  const conditions = query.conditions(caller, asked.filter, asked.kept);
  const { after } = asked;
  if (after !== undefined) {
    const due = after[0] === 'none' ? 'infinity' : new Date(Number(after[0])).toISOString();
    conditions.push(`(${DUE}, t.task_id) > (${query.value(due)}::timestamptz, ${query.value(after[1])}::bigint)`);
  }
  const limit = query.value(near === undefined ? asked.limit : asked.limit * NEAR_PAGES);
  const branches = await ofEachHolder(
    pool,
    query,
    caller,
    asked.filter,
    query.branches(caller, asked.scope, asked.filter),
  );
  if (branches.length === 0) return [];
  const list = query
    .finding(asked.filter, branches)
    .map(
      (branch) =>
        `(select t.task_id, ${DUE} as due from tasks t where ${[branch, ...conditions].join(' and ')} order by ${DUE}, t.task_id limit ${limit})`,
    )
    .join('\nunion all\n');
  const first = `select * from (${list}) of_branches order by due, task_id limit ${limit}`;
  const page =
    near === undefined
      ? first
      : `select task_id, due from (${first}) near join tasks t using (task_id) where ${query.holds(near)} order by due, task_id limit ${query.value(asked.limit)}`;
  const { rows } = await pool.query<LineRow>(
    `select ${COLUMNS.map((column) => `t.${column}`).join(', ')}, zh, en
       from (${page}) page join tasks t using (task_id) join task_titles using (title_id) order by due, task_id`,
    query.values,
  );
  return rows.map((row) => ({
    line: lineOf(row),
    place: [row.due_at === null ? 'none' : String(Date.parse(row.due_at)), String(row.task_id)],
  }));
}

/** Each of those whose tasks the caller holds is a range of its own: over several holders at once everything held would be sorted. */
async function ofEachHolder(
  pool: Pool,
  query: TaskQuery,
  { person }: Caller,
  { holder }: TaskFilter,
  branches: readonly string[],
): Promise<readonly string[]> {
  if (holder !== 'me') return branches;
  const { rows } = await pool.query<{ holder: string }>('select holders_for($1) as holder', [person]);
  return rows.flatMap((row) => branches.map((branch) => `${branch} and t.claimed_by = ${query.value(row.holder)}`));
}

/** Whether a text may be the due time of a place. */
export const dueKey = (text: string): boolean => text === 'none' || /^-?\d{1,14}$/.test(text);

/** Which of some tasks a caller may see, in the order given. */
export async function readableTaskIds(
  pool: Pool,
  caller: Caller,
  taskIds: readonly string[],
): Promise<readonly string[]> {
  const query = new TaskQuery();
  const ids = query.value(taskIds);
  const branches = query.branches(caller, 'all', {});
  if (branches.length === 0) return [];
  const visible = [
    `(${branches.map((branch) => `(${branch})`).join(' or ')})`,
    ...query.notOf(await processesKeptFrom(pool, caller)),
  ];
  const { rows } = await pool.query<{ task_id: bigint }>(
    `select t.task_id from unnest(${ids}::bigint[]) with ordinality asked (task_id, place) join tasks t using (task_id)
      where ${visible.join(' and ')} order by asked.place`,
    query.values,
  );
  return rows.map(({ task_id: id }) => String(id));
}

/** How many tasks, by role, side and state; without a state asked for, those that wait. */
export async function countedTasks(
  pool: Pool,
  caller: Caller,
  asked: { readonly scope: Scope; readonly filter: TaskFilter },
): Promise<
  readonly { role: string; side: Side | null; state: z.output<typeof taskState>; count: number; overdue: number }[]
> {
  const { text } = asked.filter;
  const query = new TaskQuery(text === undefined ? [] : await titlesHolding(pool, text));
  const conditions = query.conditions(caller, asked.filter, await processesKeptFrom(pool, caller));
  const branches = query.branches(caller, asked.scope, asked.filter);
  if (branches.length === 0) return [];
  const { rows } = await pool.query<{
    role: string;
    side: string | null;
    state: string;
    count: number;
    overdue: number;
  }>(
    `select role, side, state, count(*)::int as count, (count(*) filter (where overdue))::int as overdue from (${query
      .finding(asked.filter, branches)
      .map(
        (branch) =>
          `select t.role, t.side, t.state, ${OVERDUE} as overdue from tasks t where ${[branch, ...conditions].join(' and ')}`,
      )
      .join('\nunion all\n')}) of_branches group by role, side, state order by role, side nulls first, state`,
    query.values,
  );
  return rows.map((row) => ({
    ...row,
    side: row.side === null ? null : sideSchema.parse(row.side),
    state: taskState.parse(row.state),
  }));
}

const COLUMNS = [
  'task_id',
  'workflow_id',
  'kind',
  'title_id',
  'role',
  'mark',
  'side',
  'branch',
  'due_at',
  'state',
  'claimed_by',
  'assigned_by',
  'revision',
  'opened_at',
];
interface LineRow {
  readonly task_id: bigint;
  readonly workflow_id: string;
  readonly kind: string;
  readonly zh: string;
  readonly en: string;
  readonly role: string;
  readonly mark: string | null;
  readonly side: string | null;
  readonly branch: string | null;
  readonly due_at: string | null;
  readonly state: string;
  readonly claimed_by: string | null;
  readonly assigned_by: string | null;
  readonly revision: number;
  readonly opened_at: string;
}

const lineOf = (row: LineRow): z.input<typeof taskLine> => ({
  taskId: String(row.task_id),
  workflowId: row.workflow_id,
  kind: row.kind,
  title: { zh: row.zh, en: row.en },
  role: row.role,
  mark: row.mark,
  side: row.side === null ? null : sideSchema.parse(row.side),
  branch: row.branch,
  dueAt: row.due_at,
  state: taskState.parse(row.state),
  claimedBy: row.claimed_by,
  assignedBy: row.assigned_by,
  revision: row.revision,
  openedAt: row.opened_at,
});
