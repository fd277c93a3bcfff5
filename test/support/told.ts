/** Messages of a book with what they say. */
import type { Pool } from 'pg';
import { textsOf, type OfTemplate, type ToldTexts } from '../../activities/intake/told-texts';

export interface ToldMessage extends ToldTexts {
  readonly message_key: string;
  readonly severity: string;
  readonly recipient_role: string;
  readonly recipient_ref: string;
  readonly state: string;
  readonly missing: readonly string[];
}

/** @param where condition of the outbox `m`, with its values; in the order in which they were queued */
export async function toldMessages(pool: Pool, where: string, ...values: unknown[]): Promise<readonly ToldMessage[]> {
  const { rows } = await pool.query<Omit<ToldMessage, keyof ToldTexts> & OfTemplate>(
    `select m.* from outbox m where ${where} order by message_id`,
    values,
  );
  const told = await textsOf(pool, rows);
  return rows.map((row) => ({ ...row, ...told(row) }));
}
