/** The process that a request was about, by what its path names. */
import type { Sql } from '../people/standing';

/** Nothing where the path names no process, or one that never was. */
export async function processOf(sql: Sql, named: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const { rows } = await sql.query<{ workflow_id: string }>(
    `select p.workflow_id from processes p
      where p.workflow_id in (
        select $1
        union all select workflow_id from tasks where task_id = $2
        union all select 'settlement-day:' || channel || ':' || business_date from findings where finding_id = $3
        union all select 'permission-opening:' || permission || ':' || request_no from permission_requests where request_no = $4
        union all select 'settlement-day:' || $5 || ':' || $6
        union all select 'parameter-change:' || $7
        union all select 'role-grant:' || $8
        union all select 'delegation:' || $9) limit 1`,
    [
      textIn(named['workflowId']),
      numberIn(named['taskId']),
      numberIn(named['breakId']),
      textIn(named['requestNo']),
      textIn(named['channel']),
      textIn(named['date']),
      textIn(named['changeId']),
      textIn(named['roleGrantId']),
      textIn(named['delegationId']),
    ],
  );
  return rows[0]?.workflow_id;
}

const textIn = (value: unknown): string | null => (typeof value === 'string' && !/\p{C}/u.test(value) ? value : null);
const numberIn = (value: unknown): string | null =>
  typeof value === 'string' && /^\d{1,18}$/.test(value) ? value : null;
