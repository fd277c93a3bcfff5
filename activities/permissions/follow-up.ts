/** After a settlement day was closed what follows an opening is looked at: commissions, and who is to be judged again. */
import type { PoolClient } from 'pg';
import { queueStart } from '../outbox/queue-message';
import type { DayKey } from '../settlement/day-key';

/** Starts it once for the day, where anybody holds a permission. */
export async function startFollowUp(sql: PoolClient, { channel, businessDate }: DayKey): Promise<void> {
  const { rowCount } = await sql.query('select from permissions where closed_at is null limit 1');
  if (rowCount === 0) return;
  const workflowId = `permission-follow-up:${channel}:${businessDate}`;
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'permissionFollowUp',
    args: [{ channel, businessDate }],
    summary: `权限后续管理 ${businessDate} follow-up of permissions ${channel}`,
    attributes: {
      ProcessType: 'permissionFollowUp',
      BusinessKey: `${channel}:${businessDate}`,
      BusinessDate: businessDate,
    },
  });
}
