/**
 * The lock between computing a promise and correcting a calendar. Whoever computes shares it until the promise stands, a
 * correction holds it alone: a promise either stands before the correction, which computes it anew, or is computed by the
 * calendar as corrected. One lock for all calendars, because a promise may rest on two of them and two corrections would
 * otherwise wait for one another.
 *
 * The one order of locks around promises, everywhere: the case (complaint, request, task) that is acted on, then the calendars, then rows of
 * promises by their number, then what hangs on a promise (its extension), then the tasks that move with it: those that decide about more time
 * before those of the case (`tasks/lock-order.ts`). Whoever ends a task that decides about more time locks its promise before it. A correction
 * holds the calendars while it locks promises: whoever locked one first and then asked for the calendars, if only to judge an act, would wait
 * for it and be waited for.
 *
 * The lock is taken in a statement of its own: the snapshot of the next statement must be younger than the lock, which needs READ COMMITTED.
 */
import type { ClientBase } from 'pg';

const KEY = `hashtextextended('calendars', 0)`;

type Sql = Pick<ClientBase, 'query'>;

/** Waits until no calendar is being corrected and keeps corrections out until the transaction ends. */
export async function shareCalendars(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock_shared(${KEY})`);
}

/** As `shareCalendars` for whoever cannot wait; false while a calendar is being corrected. */
export async function trySharingCalendars(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ shared: boolean }>(`select pg_try_advisory_xact_lock_shared(${KEY}) as shared`);
  return rows[0]?.shared === true;
}

/** Waits until no promise is being computed and keeps computations out until the transaction ends. */
export async function holdCalendars(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(${KEY})`);
}
