/**
 * After a settlement day was closed: whoever holds a permission and is due is judged again (A2 §16), and the commissions of open permissions
 * are compared with CRM and counter (permissions page). Differences are breaks; brokerage has them corrected, and they are looked at again,
 * or decides with a reason that they stay.
 */
import { workflowInfo } from '@temporalio/workflow';
import { bulk, database } from './activity-groups';
import { deliverBeside, leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { formOfAll } from './building-blocks/task-forms';
import { openWaiting } from './building-blocks/waiting';
import type { PermissionFollowUpEnd, PermissionFollowUpInput } from './messages/permission-follow-up';

const BREAKS = formOfAll({
  decision: { type: 'string', enum: ['corrected', 'leave'] },
  reason: { type: 'string', minLength: 5, maxLength: 500 },
});

export async function permissionFollowUp(key: PermissionFollowUpInput): Promise<PermissionFollowUpEnd> {
  const waiting = openWaiting({ zh: '权限后续管理', en: 'follow-up of permissions' });
  const desk = TaskDesk.open(waiting);
  const { workflowId } = workflowInfo();
  let end: PermissionFollowUpEnd = 'nothing open';

  waiting.stage('定期适当性复核', 'judging suitability again');
  await bulk('定期适当性复核 judge suitability again').reviewSuitability({ ...key, workflowId });
  for (let nth = 1; ; nth += 1) {
    waiting.stage('核对佣金', 'comparing commissions');
    const { open } = await bulk('核对佣金 compare commissions').compareCommissions(key);
    if (open === 0) break;
    const task = await desk.ask({
      businessKey: `commission-breaks:${key.channel}:${key.businessDate}:${nth}`,
      kind: 'commission-breaks',
      titleZh: `佣金核对差异 ${key.businessDate}`,
      titleEn: `commissions differ: ${key.businessDate}`,
      role: 'brokerage',
      form: BREAKS,
      facts: { channel: key.channel, date: key.businessDate, breaks: open },
      revision: 1,
    });
    deliverBeside();
    const answer = await task.answered;
    if (answer.result !== 'completed' || answer.form['decision'] !== 'leave') continue;
    const { person: by } = answer.by;
    await database('差异保留 leave the breaks').leaveCommissionBreaks({
      ...key,
      by,
      reason: String(answer.form['reason']),
    });
    end = 'left';
    break;
  }
  leaveToDispatcher();
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return end;
}
