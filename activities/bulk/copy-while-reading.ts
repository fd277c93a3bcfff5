/**
 * Streams a query through a rule into a table: one connection reads pages, another copies them, so that memory does
 * not grow with the rows. The reader sees what was committed before the verb began.
 */
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../database/transaction';
import { copyInto, type CopiedColumn } from './copy-into';
import { streamRows } from './stream-rows';

export async function copyWhileReading<Read extends object, Written>(
  pool: Pool,
  given: {
    readonly query: string;
    readonly parameters: readonly unknown[];
    readonly rule: (row: Read) => Written | undefined;
    readonly table: string;
    readonly columns: readonly CopiedColumn<Written>[];
    /** Runs in the writing transaction before the copy, e.g. to clear an earlier computation. */
    readonly before: (sql: PoolClient) => Promise<unknown>;
    /** Called after every page with the rows read so far: heartbeats. */
    readonly progress: (rows: number) => void;
  },
): Promise<number> {
  return inTransaction(pool, async (reader) => {
    let read = 0;
    async function* computed() {
      for await (const page of streamRows<Read>(reader, given.query, given.parameters)) {
        const written: Written[] = [];
        for (const row of page) {
          const result = given.rule(row);
          if (result !== undefined) written.push(result);
        }
        yield written;
        read += page.length;
        given.progress(read);
      }
    }
    return inTransaction(pool, async (writer) => {
      await given.before(writer);
      return copyInto(writer, given.table, given.columns, computed());
    });
  });
}
