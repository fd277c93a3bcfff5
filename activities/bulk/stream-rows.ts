/** Reads a query in pages through a server-side cursor, so that memory does not grow with its rows. Runs inside the caller's transaction. */
import type { PoolClient } from 'pg';
import Cursor from 'pg-cursor';

const PAGE_ROWS = 2000;

/** Pages of rows in the query's order. Nothing else can be asked on the connection until the last of them. */
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

/** Of those that are written page by page: as many as one statement writes. */
const WRITTEN_AT_ONCE = 10_000;

/**
 * As `streamRows`, where the caller writes on the same connection between the pages. The rows are those of the moment at which the first page is
 * read, whatever is written since; one such reading at a time in a transaction, read to its end.
 */
export async function* streamBetweenWrites<Row extends object>(
  sql: PoolClient,
  text: string,
  parameters: readonly unknown[],
  pageRows = WRITTEN_AT_ONCE,
): AsyncGenerator<readonly Row[]> {
  await sql.query(`declare pages no scroll cursor for ${text}`, [...parameters]);
  for (;;) {
    const { rows } = await sql.query<Row>(`fetch forward ${pageRows} from pages`);
    if (rows.length === 0) break;
    yield rows;
  }
  await sql.query('close pages');
}
