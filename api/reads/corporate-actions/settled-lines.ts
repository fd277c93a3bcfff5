/** Pages of what was computed by ourselves beside what was credited, holder by holder; a caller sees those of the own side and branch. */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { keyOfCursor, pageOf, type KeyPart } from '../../cursors';
import type { Caller } from '../../identity';
import type { RouteId } from '../../policy';
import { pageQuery } from '../../schemas';
import { z } from '../../zod';
import type { eventPath } from './event-line';
import { holdersSeenBy } from './holders';

type EventPath = z.output<typeof eventPath>;

export const settledQuery = z.strictObject({
  state: z.enum(['computed', 'agreed', 'differs', 'left']).optional(),
  ...pageQuery,
});

/** A table of such lines. */
export interface SettledList {
  readonly route: RouteId;
  readonly table: string;
  /** SQL: columns of a line `l` of the event `a` and its client `c`. */
  readonly columns: string;
  /** Columns of the table by which a line is found again, in the order of the list, with what a cursor may say of each. */
  readonly order: readonly (readonly [column: string, part: KeyPart])[];
}

/** @throws BusinessError NOT_FOUND where nobody announced the event; Refused INPUT_INVALID for a cursor of another list */
export async function settledPage<Line extends object>(
  pool: Pool,
  { route, table, columns, order }: SettledList,
  asked: { readonly caller: Caller; readonly params: EventPath; readonly query: z.output<typeof settledQuery> },
): Promise<{ readonly items: Line[]; readonly next: string | null }> {
  const { caller, params, query } = asked;
  const parts = order.map(([, part]) => part);
  const after = keyOfCursor(query.cursor, parts) ?? [];
  await requireEvent(pool, params);
  const seen = await holdersSeenBy(pool, caller, route);
  const key = order.map(([column]) => `l.${column}`).join(', ');
  const texts = order.map(([column]) => `l.${column}::text`).join(', ');
  const ended = after.map((_, place) => `$${7 + place}`).join(', ');
  const { rows } = await pool.query<Line & { readonly cursorKey: readonly string[] }>(
    `select ${columns}, array[${texts}] as "cursorKey"
       from corporate_actions a join ${table} l using (event_id) join clients c using (securities_account)
      where a.channel = $1 and a.event_no = $2 and c.side = any($3) and ($4::text[] is null or c.branch = any($4))
        and ($5::text is null or l.state = $5) and ${ended === '' ? 'true' : `(${key}) > (${ended})`}
      order by ${key} limit $6`,
    [params.channel, params.eventNo, ...seen, query.state ?? null, query.limit + 1, ...after],
  );
  return pageOf(
    rows,
    query.limit,
    ({ cursorKey }) => cursorKey,
    ({ cursorKey: _, ...line }) => line as unknown as Line,
  );
}

/** @throws BusinessError NOT_FOUND */
export async function requireEvent(
  pool: Pool,
  { channel, eventNo }: { readonly channel: string; readonly eventNo: string },
): Promise<void> {
  const { rowCount } = await pool.query('select from corporate_actions where channel = $1 and event_no = $2', [
    channel,
    eventNo,
  ]);
  if (rowCount === 0) throw new BusinessError('NOT_FOUND', { what: '公司行为 corporate action', key: eventNo });
}
