/**
 * A difference that nobody will pay is written off: asked for with a reason, decided by finance, from an amount on by the general manager
 * too (A4 §11). With the approval it is booked, and the day that waited for it looks again. A difference that goes away meanwhile is not
 * decided about any more.
 */
import { setHandler } from '@temporalio/workflow';
import { database } from './activity-groups';
import { approval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { openWaiting } from './building-blocks/waiting';
import { breakGone, type BreakWriteOffEnd, type BreakWriteOffInput } from './messages/break-write-off';

export async function breakWriteOff({ writeOffId }: BreakWriteOffInput): Promise<BreakWriteOffEnd> {
  const waiting = openWaiting({ zh: '差异核销', en: 'write-off of a break' });
  const desk = TaskDesk.open(waiting);
  let isGone = false;
  setHandler(breakGone, () => void (isGone = true), { description: '差异已消失 the break is gone' });
  await BusinessClock.open();
  const asked = await database('读取核销 read the write-off').readBreakWriteOff({ writeOffId });
  waiting.stage('等待审批', 'waiting for approval');
  const { breakId, businessDate, amount, sizeFen, madeBy } = asked;
  const spec = {
    businessKey: `approve-break-write-off:${writeOffId}`,
    kind: 'approve-break-write-off',
    titleZh: `审批差异核销 ${businessDate}`,
    titleEn: `decide on the write-off of a break of ${businessDate}`,
    role: 'finance',
    facts: { break: breakId, businessDate, class: asked.class, amount },
    revision: 1,
    madeBy,
    amountFen: sizeFen,
    subject: { kind: 'break write-off', id: writeOffId } as const,
  };
  const { decision } = await approval(desk, spec, () => isGone, '差异已不存在 the break is gone');
  waiting.stage('已结束', 'ended');
  leaveToDispatcher();
  await desk.closing();
  return decision;
}
