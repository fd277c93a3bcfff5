/** Whose book a database is: who serves one serves no other by mistake. */
import type { Pool } from 'pg';

export interface BookOfDatabase {
  /** Production, rehearsal, drill or test. */
  readonly kind: string;
  /** Whether it waits by real time or by hand. */
  readonly mode: 'real' | 'manual';
}

/** @throws Error in one sentence where the database holds no book, or another one */
export async function bookOf(pool: Pick<Pool, 'query'>, book: string): Promise<BookOfDatabase> {
  const { rows } = await pool.query<BookOfDatabase & { readonly name: string }>(
    'select book_name as name, book_kind as kind, mode from business_clock',
  );
  const [found] = rows;
  if (found === undefined) {
    throw new Error(`数据库尚无账簿，请先建立。The database holds no book yet: make the book ${book} first.`);
  }
  if (found.name !== book) {
    throw new Error(
      `BOOK_NAME 为 ${book}，数据库属于账簿 ${found.name}。BOOK_NAME is ${book}, but the database is that of ${found.name}.`,
    );
  }
  return { kind: found.kind, mode: found.mode };
}
