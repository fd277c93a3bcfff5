/**
 * The lock between arming a wait and moving the clock. Arms share it, the mover holds it alone; keys count per database,
 * so books do not disturb each other.
 *
 * No wake-up is lost because an arm either commits before the move, and the delivery sees its row, or starts after it,
 * and reads the new now. That needs READ COMMITTED and the lock in a statement of its own: the snapshot of the next
 * statement must be younger than the lock.
 */
import type { ClientBase } from 'pg';

const KEY = `hashtextextended('business clock', 0)`;

type Sql = Pick<ClientBase, 'query'>;

/** Waits until no move is under way and keeps moves out until the transaction ends. */
export async function shareClock(sql: Sql): Promise<void> {
  await sql.query('set transaction isolation level read committed');
  await sql.query(`select pg_advisory_xact_lock_shared(${KEY})`);
}

/** Waits until no wait is being armed and keeps arms out until the transaction ends. */
export async function holdClock(sql: Sql): Promise<void> {
  await sql.query('set transaction isolation level read committed');
  await sql.query(`select pg_advisory_xact_lock(${KEY})`);
}
