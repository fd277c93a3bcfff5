/** Waiting until others stand at a lock that a test holds. */
import type { ClientBase } from 'pg';
import { untilTrue } from './eventually';

/**
 * Resolves when so many connections to this database wait for a lock of any kind. Asks the locks alone: within a transaction the list of
 * connections stays as it was first read.
 */
export const untilWaiting = (holding: Pick<ClientBase, 'query'>, count: number): Promise<void> =>
  untilTrue(async () => {
    const { rows } = await holding.query<{ waiting: number }>(
      `select count(distinct pid)::int as waiting from pg_locks where not granted
         and pid in (select pid from pg_locks where database = (select oid from pg_database where datname = current_database()))`,
    );
    return (rows[0]?.waiting ?? 0) >= count;
  });
