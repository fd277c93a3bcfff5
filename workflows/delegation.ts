/** A delegation that needs an approval, of somebody absent or of a head: given once a second person has agreed (A1 §27). */
import { askApproval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import { openWaiting } from './building-blocks/waiting';
import type { DelegationEnd, DelegationInput } from './messages/delegation';

export async function delegation({ delegationId, risk, madeBy, facts }: DelegationInput): Promise<DelegationEnd> {
  const waiting = openWaiting({ zh: '代理授权', en: 'delegation' });
  const desk = TaskDesk.open(waiting);
  await BusinessClock.open();
  waiting.stage('等待复核', 'awaiting approval');
  const asked = await askApproval(desk, {
    businessKey: `approve:delegation:${delegationId}`,
    kind: 'approve-delegation',
    titleZh: '复核代理授权',
    titleEn: 'approve a delegation',
    role: 'compliance',
    facts,
    revision: 1,
    madeBy,
    subject: { kind: 'delegation', id: delegationId },
    risk,
  });
  const { decision } = await asked.decided;
  await desk.closing();
  return decision;
}
