/**
 * Settlement is postponed by notice of the clearing house: weather, a one-sided holiday, a half day, a closure (A4 §40). Approved by a
 * supervisor, due dates move at once; plans are computed anew, and everybody concerned is told. Until the first day is over the
 * notice may be taken back, and everything moves back.
 *
 *   approval -> plans anew -> operations, finance, branches and clients told -> [taken back: plans anew, all told again]
 */
import { setHandler } from '@temporalio/workflow';
import { SIDES } from '../domain/channel';
import type { FollowedPostponement } from '../activities/postponements/tell-postponement';
import { database } from './activity-groups';
import { askApproval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { deliverBeside, leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { openWaiting } from './building-blocks/waiting';
import {
  postponementWithdrawn,
  type SettlementPostponementEnd,
  type SettlementPostponementInput,
} from './messages/settlement-postponement';

export async function settlementPostponement({
  postponementId,
}: SettlementPostponementInput): Promise<SettlementPostponementEnd> {
  const waiting = openWaiting({ zh: '交收推迟', en: 'postponed settlement' });
  const desk = TaskDesk.open(waiting);
  let withdrawn = false;
  setHandler(postponementWithdrawn, () => void (withdrawn = true), {
    description: '推迟已撤销 the notice is taken back',
  });
  const clock = await BusinessClock.open();
  const read = () => database('读取推迟 read the postponement').readPostponement({ postponementId });
  const asked = await read();

  waiting.stage('等待审批', 'waiting for approval');
  const approval = await askApproval(desk, {
    businessKey: `approve-postponement:${postponementId}`,
    kind: 'approve-postponement',
    titleZh: `审批交收推迟 ${asked.from} → ${asked.to}`,
    titleEn: `decide on the postponement of settlement, ${asked.from} to ${asked.to}`,
    role: 'supervisor',
    facts: { from: asked.from, to: asked.to, cause: asked.cause },
    revision: 1,
    madeBy: asked.madeBy,
    dueAt: asked.over,
    subject: { kind: 'settlement postponement', id: postponementId },
  });
  const { decision } = await approval.decided;
  if (decision === 'approved') {
    await moved(await read(), false);
    waiting.stage('推迟生效', 'postponed');
    await clock.waitUntil(
      asked.over,
      () => withdrawn,
      '首日结束前可撤销 may be taken back until the first day is over',
    );
    if (withdrawn) await moved(await read(), true);
  }
  waiting.stage('已结束', 'ended');
  leaveToDispatcher();
  await desk.closing();
  return decision !== 'approved' ? 'refused' : withdrawn ? 'moved back' : 'postponed';
}

/** Both days are planned anew where they have begun; the others when they begin. */
async function moved({ postponementId, channel, openDays }: FollowedPostponement, back: boolean): Promise<void> {
  for (const businessDate of openDays)
    for (const side of SIDES) await database('头寸重算 plan anew').planFunding({ channel, businessDate, side });
  await database('通知推迟 tell whom it concerns').tellPostponement({ postponementId, back });
  deliverBeside();
}
