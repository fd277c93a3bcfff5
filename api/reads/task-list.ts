/**
 * Lists of tasks, by due time. What a person may see is cut into branches of one role and one side, because each of them is a range of
 * an index that ends after the page; one condition over all of them would be a walk over everything that waits.
 */
import type { Pool } from 'pg';
import { SIDES, type Side } from '../../domain/channel';
import type { Grant } from '../../domain/people/grants';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../identity';
import { side as sideSchema } from '../schemas';
import type { z } from '../zod';
import type { TaskFilter } from './task-filter';
import { taskState, type taskLine } from './tasks';

/** Whose tasks: those that one may do, or all that one may read. */
export type Scope = 'mine' | 'all';

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
  if (text !== undefined) {
    const near = await rowsOf(pool, caller, { ...asked, filter }, text);
    if (near.length === asked.limit) return near;
  }
  return rowsOf(pool, caller, asked, undefined);
}

/** @param near text that is looked for within the first pages of the list only; those that it fills are the whole answer */
async function rowsOf(
  pool: Pool,
  caller: Caller,
  asked: AskedList,
  near: string | undefined,
): Promise<readonly ListedTask[]> {
  const query = new TaskQuery();
  const conditions = query.conditions(caller, asked.filter);
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
  const columns = COLUMNS.join(', ');
  const list = branches
    .map(
      (branch) =>
        `(select ${LINE} from tasks t where ${[branch, ...conditions].join(' and ')} order by ${DUE}, t.task_id limit ${limit})`,
    )
    .join('\nunion all\n');
  const first = `(${list}) of_branches order by due, task_id limit ${limit}`;
  const { rows } = await pool.query<LineRow>(
    near === undefined
      ? `select ${columns} from ${first}`
      : `select ${columns} from (select * from ${first}) t where ${query.holds(near)} order by due, task_id limit ${query.value(asked.limit)}`,
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
  const { rows } = await pool.query<{ task_id: bigint }>(
    `select t.task_id from unnest(${ids}::bigint[]) with ordinality asked (task_id, place) join tasks t using (task_id)
      where ${branches.map((branch) => `(${branch})`).join(' or ')} order by asked.place`,
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
  const query = new TaskQuery();
  const conditions = query.conditions(caller, asked.filter);
  const branches = query.branches(caller, asked.scope, asked.filter);
  if (branches.length === 0) return [];
  const { rows } = await pool.query<{
    role: string;
    side: string | null;
    state: string;
    count: number;
    overdue: number;
  }>(
    `select role, side, state, count(*)::int as count, (count(*) filter (where overdue))::int as overdue from (${branches
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

/** As the indexes have it. */
const SEARCHED = `t.title_zh || ' ' || t.title_en || ' ' || t.business_key`;
/** As the indexes have it: what is due at no time comes last. */
const DUE = `coalesce(t.due_at, 'infinity')`;
const OVERDUE = `coalesce(t.due_at < coalesce(t.done_at, business_now()), false)`;
const COLUMNS = [
  'task_id',
  'kind',
  'title_zh',
  'title_en',
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
  'business_key',
];
const LINE = [`${DUE} as due`, ...COLUMNS.map((column) => `t.${column}`)].join(', ');

interface LineRow {
  readonly task_id: bigint;
  readonly kind: string;
  readonly title_zh: string;
  readonly title_en: string;
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
  kind: row.kind,
  title: { zh: row.title_zh, en: row.title_en },
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

/** Conditions with their values as parameters. */
class TaskQuery {
  readonly values: unknown[] = [];

  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  conditions(caller: Caller, filter: TaskFilter): string[] {
    const ended = filter.state === 'done' || filter.state === 'withdrawn';
    // The first condition is that of the partial indexes.
    const conditions = [ended ? `t.state in ('done', 'withdrawn')` : `t.state in ('open', 'claimed')`];
    const where = (sql: (value: string) => string, value: unknown) => {
      if (value !== undefined) conditions.push(sql(this.value(value)));
    };
    where((value) => `t.state = ${value}`, filter.state);
    where((value) => `t.kind = ${value}`, filter.kind);
    where((value) => `t.branch = ${value}`, filter.branch);
    where((value) => `t.workflow_id = ${value}`, filter.process);
    where(
      (value) => `t.workflow_id = ${value}`,
      filter.date && settlementDayId({ channel: filter.channel ?? 'SH', businessDate: filter.date }),
    );
    where((value) => `${DUE} >= ${value}::timestamptz`, filter.dueFrom);
    where((value) => `t.due_at < ${value}::timestamptz`, filter.dueBefore);
    if (filter.overdue === 'true' && !ended) conditions.push(`${DUE} < business_now()`);
    else if (filter.overdue !== undefined) conditions.push(`${OVERDUE} = ${filter.overdue}`);
    conditions.push(...this.holder(caller, filter.holder));
    conditions.push(...this.text(filter.text));
    return conditions;
  }

  /** One condition for each range of the list that the caller sees. */
  branches(caller: Caller, scope: Scope, { role, side }: TaskFilter): string[] {
    if (scope === 'all' && holdsAnyOf(caller, READS_BOTH_SIDES)) return [this.exactly(role, side)];
    const byRange = new Map<string, Grant[]>();
    for (const grant of caller.grants) {
      if (role !== undefined && grant.role !== role) continue;
      for (const one of grant.side === null ? [null, ...SIDES] : [null, grant.side]) {
        if (side !== undefined && one !== side) continue;
        const range = JSON.stringify([grant.role, one]);
        byRange.set(range, [...(byRange.get(range) ?? []), grant]);
      }
    }
    return [...byRange].map(([range, grants]) => {
      const [ofRole, ofSide] = JSON.parse(range) as [string, Side | null];
      const by = ofSide === null ? 't.side is null' : `t.side = ${this.value(ofSide)}`;
      return `t.role = ${this.value(ofRole)} and ${by} and (${grants.map((grant) => this.within(grant)).join(' or ')})`;
    });
  }

  private exactly(role: string | undefined, side: string | undefined): string {
    const conditions = [
      ...(role === undefined ? [] : [`t.role = ${this.value(role)}`]),
      ...(side === undefined ? [] : [`t.side = ${this.value(side)}`]),
    ];
    return conditions.length === 0 ? 'true' : conditions.join(' and ');
  }

  /** What of a role and a side a grant reaches. */
  private within({ branch, mark }: Grant): string {
    const ofBranch = branch === null ? 'true' : `(t.branch is null or t.branch = ${this.value(branch)})`;
    const ofMark = mark === null ? 't.mark is null' : `(t.mark is null or t.mark = ${this.value(mark)})`;
    return `(${ofBranch} and ${ofMark})`;
  }

  private holder({ person }: Caller, holder: string | undefined): string[] {
    if (holder === undefined) return [];
    if (holder === 'nobody') return [`t.state = 'open'`];
    const held = `t.state = 'claimed'`;
    if (holder === 'me') return [held, `t.claimed_by = any (array(select holders_for(${this.value(person)})))`];
    return [held, `t.claimed_by = ${this.value(holder)}`];
  }

  /** Whether a text stands within title or business key. */
  holds(text: string): string {
    return `strpos(lower(${SEARCHED}), lower(${this.value(text)}::text)) > 0`;
  }

  /** Runs of three characters find candidates by index, pairs where there are but two; the text itself decides. */
  private text(text: string | undefined): string[] {
    if (text === undefined) return [];
    const given = `${this.value(text)}::text`;
    const runs = `(character_runs(${SEARCHED}, 2) || character_runs(${SEARCHED}, 3))`;
    return [`${runs} @> character_runs(${given}, least(3, length(${given})))`, this.holds(text)];
  }
}
