/** What a file still lacks for a process to end: an archive is complete, or the process does not close (A2 §13-15). */
import type { Pool } from 'pg';

export interface Lacking {
  readonly kind: string;
  readonly what: 'not filed' | 'sent back' | 'not reviewed' | 'scan again' | 'paper not handed over';
}

/** Of the kinds that a process must leave in its client's file those that are not done, each with what is next; none: complete. */
export async function missingDocuments(
  pool: Pool,
  { workflowId, kinds }: { readonly workflowId: string; readonly kinds: readonly string[] },
): Promise<readonly Lacking[]> {
  const { rows } = await pool.query<Lacking>(
    `with newest as (
       select distinct on (e.kind) e.kind, e.paper_no, r.outcome, h.receipt_no
       from archive_entries e left join archive_reviews r using (entry_id) left join paper_handovers h using (entry_id)
       where e.workflow_id = $1 order by e.kind, e.entry_id desc)
     select wanted.kind,
            case when n.kind is null then 'not filed'
                 when n.outcome is null then 'not reviewed'
                 when n.outcome = 'scan again' then 'scan again'
                 else 'paper not handed over' end as what
     from unnest($2::text[]) with ordinality as wanted(kind, place) left join newest n using (kind)
     where n.kind is null or (n.paper_no is not null and n.receipt_no is null)
     order by wanted.place`,
    [workflowId, kinds],
  );
  return rows;
}
