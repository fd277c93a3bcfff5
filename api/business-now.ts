/** The business clock of the book, as every decision of the API takes it. */
import type { Pool } from 'pg';
import { businessDateOf, type BusinessDate } from '../domain/calendar/business-date';

export interface BusinessNow {
  /** UTC with milliseconds. */
  readonly now: string;
  readonly today: BusinessDate;
}

export async function businessNow(pool: Pool): Promise<BusinessNow> {
  const { rows } = await pool.query<{ now: string | Date }>('select business_now() as now');
  const [row] = rows;
  if (row === undefined) throw new Error('this book has no business clock: it was not made by the migrations');
  const now = new Date(row.now).toISOString();
  return { now, today: businessDateOf(now) };
}
