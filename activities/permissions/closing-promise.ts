/** A closing lapses with the promise that it is given by: within so many trading days (A2 §12). What moves the promise moves the request. */
import type { ClientBase } from 'pg';
import type { Limit } from '../../domain/deadlines/limit';

const PREFIX = 'permission-closing:';

/** Key of the promise of a closing. */
export const closingPromiseKey = (requestNo: string): string => `${PREFIX}${requestNo}`;

/** Settlement counts by the days of the market, and so does what waits for it. */
export const closingLimit = (days: number): Limit => ({ kind: 'TRADING_DAYS', n: days });

/** Promises were computed anew: closings among them are taken papers for, shown and lapse by the new instant. */
export async function moveLapses(sql: Pick<ClientBase, 'query'>, deadlineIds: readonly unknown[]): Promise<void> {
  await sql.query(
    `update permission_requests r set lapses_at = d.due_at from deadlines d
      where d.deadline_id = any($1) and starts_with(d.business_key, $2) and r.request_no = d.subject and r.ended_at is null`,
    [deadlineIds, PREFIX],
  );
}
