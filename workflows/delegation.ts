/**
 * A delegation that needs an approval, of somebody absent or of a head: given once a second person has agreed (A1 §27). It is
 * decided within the working days that the terms name, and falls away undecided with its last day.
 */
import { askApproval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import { database } from './activity-groups';
import type { DelegationEnd, DelegationInput } from './messages/delegation';

export async function delegation({ delegationId, risk, madeBy, facts }: DelegationInput): Promise<DelegationEnd> {
  const waiting = openWaiting({ zh: '代理授权', en: 'delegation' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open();
  const clock = await BusinessClock.open();
  waiting.stage('等待复核', 'awaiting approval');
  const { askedAt, withinDays, endsAt } = await database('读取代理授权 read the delegation').openDelegation({
    delegationId,
  });
  const promise = await Owed.give(
    { desk, promises, clock },
    {
      businessKey: `delegation:${delegationId}`,
      step: 'approve',
      subject: delegationId,
      owner: { role: 'compliance' },
      ladder: 'PROMISE',
      limit: { kind: 'BUSINESS_DAYS', n: withinDays },
      receivedAt: askedAt,
      titleZh: '复核代理授权',
      titleEn: 'decide on a delegation',
    },
  );
  const asked = await askApproval(desk, {
    businessKey: `approve:delegation:${delegationId}`,
    kind: 'approve-delegation',
    titleZh: '复核代理授权',
    titleEn: 'approve a delegation',
    role: 'compliance',
    ...dueFrom(promise),
    otherwise: '到期上报；末日之后自动撤下 told upwards when due; taken off after its last day',
    facts,
    revision: 1,
    madeBy,
    subject: { kind: 'delegation', id: delegationId },
    risk,
  });
  const isDecided = () => asked.decision() !== undefined;
  await clock.waitUntil(endsAt, isDecided, '代理末日结束 the last day of the delegation ends');
  const decision = asked.decision() ?? (await asked.withdraw('代理期间已过，未经复核 its days are over, undecided'));
  await promise.meetBy(decision);
  await desk.closing();
  return decision.decision;
}
