/** What a list of tasks asks the database: the ranges of the indexes that a caller sees, and what the caller filters by. */
import { SIDES, type Side } from '../../domain/channel';
import type { Grant } from '../../domain/people/grants';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../identity';
import type { TaskFilter } from './task-filter';
import { ofProcess } from '../../activities/database/of-process';

/** Whose tasks: those that one may do, or all that one may read. */
export type Scope = 'mine' | 'all';

/** As the indexes have it: what is due at no time comes last. */
export const DUE = `coalesce(t.due_at, 'infinity')`;
/** The clock is asked once for all rows. */
export const OVERDUE = `coalesce(t.due_at < coalesce(t.done_at, (select business_now())), false)`;

const haveEnded = (state: TaskFilter['state']): boolean => state === 'done' || state === 'withdrawn';

const ofItsProcess = (value: string) => ofProcess('t.workflow_id', value);

/** Conditions with their values as parameters. */
export class TaskQuery {
  readonly values: unknown[] = [];

  /** @param titles numbers of the titles that hold the text that is asked for */
  constructor(private readonly titles: readonly number[] = []) {}

  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** @param kept processes of which the caller reads nothing */
  conditions(caller: Caller, filter: TaskFilter, kept: readonly string[]): string[] {
    const ended = haveEnded(filter.state);
    // The first condition is that of the partial indexes.
    const conditions = [
      ended ? `t.state in ('done', 'withdrawn')` : `t.state in ('open', 'claimed')`,
      ...this.notOf(kept),
    ];
    const where = (sql: (value: string) => string, value: unknown) => {
      if (value !== undefined) conditions.push(sql(this.value(value)));
    };
    where((value) => `t.state = ${value}`, filter.state);
    where((value) => `t.kind = ${value}`, filter.kind);
    where((value) => `t.branch = ${value}`, filter.branch);
    where(ofItsProcess, filter.process);
    where(ofItsProcess, filter.date && settlementDayId({ channel: filter.channel ?? 'SH', businessDate: filter.date }));
    where((value) => `${DUE} >= ${value}::timestamptz`, filter.dueFrom);
    where((value) => `t.due_at < ${value}::timestamptz`, filter.dueBefore);
    if (filter.overdue === 'true' && !ended) conditions.push(`${DUE} < business_now()`);
    else if (filter.overdue !== undefined) conditions.push(`${OVERDUE} = ${filter.overdue}`);
    conditions.push(...this.holder(caller, filter.holder));
    return conditions;
  }

  /** The tasks of no process among those given. */
  notOf(kept: readonly string[]): string[] {
    return kept.length === 0 ? [] : [`t.workflow_id <> all (${this.value(kept)}::text[])`];
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
    const ofKey = `strpos(lower(t.business_key), lower(${this.value(text)}::text)) > 0`;
    return `(${ofKey} or ${this.ofTitles()})`;
  }

  /**
   * The ranges given, where a text stands in title or key. Those that wait are few, and read all. Of those that have ended each is asked once
   * for every way to find it: by title, and by key what no title has found. Either has an index and an estimate of its own; both as one
   * condition would be a walk that takes every key apart. Of a key runs of three characters find candidates, by how they begin where there
   * are but two; the text itself decides.
   */
  finding({ text, state }: TaskFilter, ranges: readonly string[]): string[] {
    if (text === undefined) return [...ranges];
    if (!haveEnded(state)) return ranges.map((range) => `${range} and ${this.holds(text)}`);
    const asked = `${this.value(text)}::text`;
    const ofKey = `searched_runs(t.business_key) @@ runs_asked(${asked}) and strpos(lower(t.business_key), lower(${asked})) > 0`;
    if (this.titles.length === 0) return ranges.map((range) => `${range} and ${ofKey}`);
    const ofTitles = this.ofTitles();
    return ranges.flatMap((range) => [`${range} and ${ofTitles}`, `${range} and ${ofKey} and not ${ofTitles}`]);
  }

  private ofTitles(): string {
    return `t.title_id = any (${this.value(this.titles)}::integer[])`;
  }
}
