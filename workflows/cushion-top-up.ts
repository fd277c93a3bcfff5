/**
 * The cushion is raised out of own funds (A4 §28): asked for by the alarm of its limit, before the morning that lends, or by finance.
 *
 *   one person of finance makes the order -> a second approves -> own bank account to client deposit account -> booked
 *
 * What the alarm asks for is the least amount by which it is raised no more; whoever makes the order decides how much it is. Until a second
 * person has approved, the wish may be taken back; not done in time it is told upwards and stays open.
 */
import { setHandler, workflowInfo } from '@temporalio/workflow';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { paid } from './building-blocks/payment';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import { topUpNotNeeded, type CushionTopUpEnd, type CushionTopUpInput } from './messages/cushion-top-up';

export async function cushionTopUp({ topUpId }: CushionTopUpInput): Promise<CushionTopUpEnd> {
  const waiting = openWaiting({ zh: '补足安全气垫', en: 'top-up of the cushion' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  let isOver = false;
  setHandler(topUpNotNeeded, () => void (isOver = true), { description: '已无须补足 not needed any more' });
  const clock = await BusinessClock.open();
  const asked = await database('读取补足申请 read what is asked for').readCushionTopUp({ topUpId });
  const { channel, businessDate, origin, reason, askedAt, within, caseKey } = asked;
  const texts = { titleZh: `补足安全气垫 ${businessDate}`, titleEn: `raise the cushion, ${businessDate}` };
  const promise = await Owed.give(
    { desk, promises, clock },
    {
      ...texts,
      businessKey: `cushion-top-up:${topUpId}`,
      step: 'raise',
      subject: `cushion-top-up:${topUpId}`,
      ladder: 'PROMISE',
      limit: within,
      receivedAt: askedAt,
      channel,
      owner: { role: 'finance' },
      otherwise: '气垫不足时次日早晨不予垫付 what the cushion lacks is not advanced in the morning',
    },
  );

  waiting.stage('财务划款', 'finance transfers');
  const order = await paid(
    { desk, clock, waiting },
    {
      ...texts,
      ...{
        workflowId: workflowInfo().workflowId,
        channel,
        businessDate,
        side: 'proprietary',
        kind: 'CUSHION',
        caseKey,
      },
      makeKind: 'make-cushion-order',
      role: 'finance',
      ...dueFrom(promise),
      otherwise: '到期升级至合规 compliance is told when due',
      amount: () => database('待补足金额 what is asked for by now').cushionTopUpDue({ topUpId }),
      isChosen: origin === 'alarm',
      facts: { origin, reason },
      over: () => isOver,
    },
  );
  if (order === undefined) await promise.withdraw('已无须补足 not needed any more');
  else await promise.meet({ by: order.approvedBy });
  waiting.stage('已结束', 'ended');
  leaveToDispatcher();
  await desk.closing();
  return order === undefined ? 'not needed' : 'paid';
}
