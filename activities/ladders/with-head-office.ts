/** Rungs of complaints that the head office follows: compliance hears of each that is missed (decision 0088). */
import type { PoolClient } from 'pg';
import { FOLLOWED_COMPLAINTS } from '../intake/complaints/followed-by-head-office';

const OF_COMPLAINT = /^complaint:(T\d{8}-\d{6})$/;
const HEAD_OFFICE = 'compliance';

/** The same rungs in the same order. */
export async function withHeadOffice<Rung extends { readonly workflowId: string; readonly audience: string }>(
  sql: PoolClient,
  rungs: readonly Rung[],
): Promise<readonly Rung[]> {
  const numbers = rungs.flatMap(({ workflowId }) => OF_COMPLAINT.exec(workflowId)?.[1] ?? []);
  if (numbers.length === 0) return rungs;
  const { rows } = await sql.query<{ no: string }>(
    `select complaint_no as no from (${FOLLOWED_COMPLAINTS}) f where complaint_no = any($1)`,
    [numbers],
  );
  const followed = new Set(rows.map(({ no }) => `complaint:${no}`));
  return rungs.map((rung) =>
    followed.has(rung.workflowId) && !rung.audience.split(',').includes(HEAD_OFFICE)
      ? { ...rung, audience: `${rung.audience},${HEAD_OFFICE}` }
      : rung,
  );
}
