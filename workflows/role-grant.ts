/**
 * A role is asked for by a department, granted by operations, approved by compliance: `role-grant:REQUEST` (A1 §15).
 *
 *   request (intake) -> operations grants or refuses -> compliance approves or refuses, its head where an exception is asked for
 *
 * Whoever decides is judged by the verb in the transaction of the decision: four hands, and the conflicts as they are then.
 */
import { database } from './activity-groups';
import { approval, type Decision } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import type { RoleGrantInput } from './messages/role-grant';

export async function roleGrant({ roleGrantId }: RoleGrantInput): Promise<{ readonly decision: Decision['decision'] }> {
  const waiting = openWaiting({ zh: `角色申请 ${roleGrantId}`, en: `role grant ${roleGrantId}` });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  const { asked, withinDays } = await database('读取申请 read the request').openRoleGrant({ roleGrantId });
  const promise = await Owed.give(
    { desk, promises, clock },
    {
      businessKey: `role-grant:${roleGrantId}`,
      step: 'decide',
      subject: roleGrantId,
      owner: { role: 'operations' },
      ladder: 'PROMISE',
      limit: { kind: 'BUSINESS_DAYS', n: withinDays },
      receivedAt: asked.requestedAt,
      titleZh: '办理角色申请',
      titleEn: 'decide on the role that was asked for',
    },
  );
  const { person, role, side, branch, mark, inChargeOf, validFrom, validTo, reason, exceptionReason } = asked;
  const facts = { person, role, side, branch, mark, inChargeOf, validFrom, validTo, reason, exceptionReason };
  const subject = { kind: 'role grant', id: roleGrantId } as const;

  waiting.stage('等待运营授予', 'waiting for operations');
  let decision = await approval(
    desk,
    {
      businessKey: `grant-role:${roleGrantId}`,
      kind: 'grant-role',
      titleZh: '授予角色',
      titleEn: 'grant a role',
      role: 'operations',
      facts: { ...facts, requestedBy: asked.requestedBy },
      revision: asked.revision,
      madeBy: asked.requestedBy,
      ...dueFrom(promise),
      subject,
    },
    never,
    '',
  );
  if (decision.decision === 'approved' && decision.by !== undefined) {
    waiting.stage('等待合规审批', 'waiting for compliance');
    decision = await approval(
      desk,
      {
        businessKey: `approve-role:${roleGrantId}`,
        kind: 'approve-role',
        titleZh: exceptionReason === null ? '审批角色' : '审批角色（职责冲突例外）',
        titleEn: exceptionReason === null ? 'approve a role' : 'approve a role with an exception of duties',
        role: 'compliance',
        ...(exceptionReason === null ? {} : { mark: 'head' as const }),
        facts: { ...facts, requestedBy: asked.requestedBy, grantedBy: decision.by.person },
        revision: asked.revision + 1,
        madeBy: decision.by.person,
        ...(decision.by.onBehalfOf === undefined ? {} : { madeFor: decision.by.onBehalfOf }),
        ...dueFrom(promise),
        subject,
      },
      never,
      '',
    );
  }
  await promise.meetBy(decision);
  waiting.stage('已办结', 'decided');
  await desk.closing();
  return { decision: decision.decision };
}

const never = () => false;
