/** A complaint has ended: nobody in the head office need say any more who follows it (decision 0088); of many people, once all of them have. */
import type { PoolClient } from 'pg';
import { queueSignals } from '../outbox/queue-message';

/** SQL: whether a complaint, by its number, or one that goes with it is open. */
export const isGroupOpen = (lead: string): string =>
  `exists (select from complaints g where (g.complaint_no = ${lead} or g.group_of = ${lead}) and g.ended_at is null)`;

/** Told to those of its processes that have not ended. */
export async function tellEnd(sql: PoolClient, complaintNo: string): Promise<void> {
  const { rows } = await sql.query<{ workflowId: string; lead: string; isCollective: boolean }>(
    `select p.workflow_id as "workflowId", told.lead, told.cause = 'collective' as "isCollective"
       from (select coalesce(c.group_of, c.complaint_no) as lead, cause, 'head-office-complaint:' ||
                    case when cause = 'collective' then coalesce(c.group_of, c.complaint_no) else c.complaint_no end || ':' || cause as process
               from complaints c, unnest(array['urgent', 'collective', 'reopened']) cause where c.complaint_no = $1) told
       join processes p on p.workflow_id = told.process and not p.closed`,
    [complaintNo],
  );
  for (const { workflowId, lead, isCollective } of rows)
    if (!isCollective || (await isGroupOver(sql, lead))) await signalEnd(sql, workflowId);
}

/** One has left its group: those that stay in it may have ended before. */
export async function tellEndOfGroup(sql: PoolClient, lead: string): Promise<void> {
  const workflowId = `head-office-complaint:${lead}:collective`;
  const { rowCount } = await sql.query('select from processes where workflow_id = $1 and not closed', [workflowId]);
  if (rowCount !== 0 && (await isGroupOver(sql, lead))) await signalEnd(sql, workflowId);
}

/** Of two of a group that end at once the later one sees that the other has ended. */
async function isGroupOver(sql: PoolClient, lead: string): Promise<boolean> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`complaint-group:${lead}`]);
  return !(await isOneOpen(sql, lead));
}

/** Whether a complaint, or one that goes with it, is open. */
export async function isOneOpen(sql: PoolClient, lead: string): Promise<boolean> {
  const { rows } = await sql.query<{ isOpen: boolean }>(`select ${isGroupOpen('$1')} as "isOpen"`, [lead]);
  return rows[0]?.isOpen === true;
}

const signalEnd = (sql: PoolClient, workflowId: string): Promise<void> =>
  queueSignals(sql, [{ key: `complaint-ended:${workflowId}`, workflowId, signal: 'followedComplaintEnded', args: [] }]);
