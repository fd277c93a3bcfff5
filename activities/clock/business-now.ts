/** Business time as the book knows it, in the transaction that decides by it. */
import type { ClientBase } from 'pg';

/** UTC text with milliseconds. */
export async function businessNow(sql: Pick<ClientBase, 'query'>): Promise<string> {
  const { rows } = await sql.query<{ now: string }>('select business_now() as now');
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('this book has no business clock: it was not made by the migrations');
  return now;
}
