/** Who decides about a break - an exception, a write-off, to whom it is given - does so alone: of two at once the second sees what the first did. */
import type { PoolClient } from 'pg';

/** Until the transaction ends; to be asked for before the break is read. */
export const holdBreak = (sql: PoolClient, breakId: string) =>
  sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`break:${breakId}`]);
