/**
 * What is due on a day is read and posted, or moved to another day: never both at once. Whoever posts what falls due holds the due dates of the day for
 * its transaction, whoever moves them waits for it and then looks whether the day is over: otherwise trades would be cleared twice, or never.
 */
import type { PoolClient } from 'pg';
import type { DayKey } from '../settlement/day-key';

/** Nobody moves them until the transaction ends. To be asked for before what is due is read. */
export async function holdDueDates(sql: PoolClient, day: DayKey): Promise<void> {
  await sql.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [keyOf(day)]);
}

/** Waits for whoever posts; nobody posts until the transaction ends. */
export async function lockDueDates(sql: PoolClient, day: { readonly channel: string; readonly businessDate: string }) {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [keyOf(day)]);
}

const keyOf = ({ channel, businessDate }: { readonly channel: string; readonly businessDate: string }): string =>
  `due dates:${channel}:${businessDate}`;
