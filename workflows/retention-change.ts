/**
 * How long the file of a client is kept: the relationship has ended, from which twenty years count, or a law asks for a longer period.
 * Asked for with a reason, decided by compliance; it is in force with the approval, and never shortened (A2 §15).
 */
import { database } from './activity-groups';
import { askApproval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import type { RetentionChangeEnd, RetentionChangeInput } from './messages/retention-change';

export async function retentionChange({ changeId }: RetentionChangeInput): Promise<RetentionChangeEnd> {
  const waiting = openWaiting({ zh: '档案保管期限', en: 'retention of a file' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  const change = await database('读取变更 read the change').readRetentionChange({ changeId });
  const { kind, onDay, reason, branch, madeBy, madeAt, withinDays } = change;
  waiting.stage('等待审批', 'waiting for approval');
  const promise = await Owed.give(
    { desk, promises, clock },
    {
      businessKey: `retention-change:${changeId}`,
      step: 'decide',
      subject: changeId,
      owner: { role: 'compliance' },
      ladder: 'PROMISE',
      limit: { kind: 'BUSINESS_DAYS', n: withinDays },
      receivedAt: madeAt,
      titleZh: '审批档案保管期限',
      titleEn: 'decide on the retention of a file',
    },
  );
  const asked = await askApproval(desk, {
    businessKey: `approve-retention-change:${changeId}`,
    kind: 'approve-retention-change',
    titleZh: kind === 'longer period' ? '审批延长档案保管' : '审批客户关系结束',
    titleEn: kind === 'longer period' ? 'decide on a longer retention' : 'decide that a relationship has ended',
    role: 'compliance',
    ...dueFrom(promise),
    facts: { change: changeId, kind, onDay, branch, reason },
    revision: 1,
    madeBy,
    otherwise: '到期上报，不自动批准 told upwards when due; never approved by itself',
    subject: { kind: 'retention change', id: changeId },
  });
  const decided = await asked.decided;
  await promise.meetBy(decided);
  waiting.stage('已结束', 'ended');
  leaveToDispatcher();
  await desk.closing();
  return decided.decision;
}
