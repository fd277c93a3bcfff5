/** Reads a query in pages through a server-side cursor, so that memory does not grow with its rows. */
import type { PoolClient } from 'pg';
import Cursor from 'pg-cursor';

const PAGE_ROWS = 2000;

/** Pages of rows in the query's order. Runs inside the caller's transaction. */
export async function* streamRows<Row extends object>(
  sql: PoolClient,
  text: string,
  parameters: readonly unknown[] = [],
): AsyncGenerator<readonly Row[]> {
  const cursor = sql.query(new Cursor<Row>(text, parameters as unknown[]));
  try {
    for (;;) {
      const page = await cursor.read(PAGE_ROWS);
      if (page.length === 0) return;
      yield page;
    }
  } finally {
    await cursor.close();
  }
}
