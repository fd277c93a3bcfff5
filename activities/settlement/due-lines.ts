/**
 * Which lines fall due on a day, asked before they are read. As parameters of the query the planner knows the dates and takes, of each day that is kept,
 * the lines of its index; from a subquery it would take every line of every day for due, and read years of them evening by evening.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';

/** Dates that files gave. */
export interface DueLines {
  /** Whose lines fall due on the day. */
  readonly on: readonly BusinessDate[];
  /** Up to the day, whose lines fall due after it. */
  readonly after: readonly BusinessDate[];
  /** Whose lines fell due on the day if nothing had moved them over it. */
  readonly unlessPostponed: readonly BusinessDate[];
}

/** As notices and calendars stand; who must not see them move holds the due dates first (`holdDueDates`). */
export async function dueLinesOf(
  sql: Pick<PoolClient, 'query'>,
  { channel, businessDate }: { readonly channel: string; readonly businessDate: BusinessDate },
): Promise<DueLines> {
  const { rows } = await sql.query<{ [Set in keyof DueLines]: BusinessDate[] }>(
    `select due_on($1, $2)::text[] as on, due_after($1, $2)::text[] as after, due_unless_postponed($1, $2)::text[] as "unlessPostponed"`,
    [channel, businessDate],
  );
  return rows[0] ?? { on: [], after: [], unlessPostponed: [] };
}
