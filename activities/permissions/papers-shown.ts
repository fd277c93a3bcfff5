/** What a second person looks at: of each kind of document of a request the newest one; what was filed before it was filed anew. */
import type { ClientBase } from 'pg';

/** A document of a request as it stands in the file of the client. No personal data. */
export interface ShownPaper {
  readonly kind: string;
  /** Running number in the file of the client. */
  readonly entryNo: number;
  readonly sha256: string;
}

/** Entries of a request that count, as a table expression: the newest of each kind. `$1` is the process. */
export const NEWEST_PAPERS = `(select distinct on (e.kind) e.* from archive_entries e where e.workflow_id = $1 order by e.kind, e.entry_id desc)`;

export async function papersShown(sql: Pick<ClientBase, 'query'>, workflowId: string): Promise<readonly ShownPaper[]> {
  const { rows } = await sql.query<ShownPaper>(
    `select kind, entry_no as "entryNo", sha256 from ${NEWEST_PAPERS} e order by entry_no`,
    [workflowId],
  );
  return rows;
}
