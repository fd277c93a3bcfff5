/**
 * Settlement is postponed by notice of the clearing house: weather, a one-sided holiday, a half day, a closure (A4 §40). Approved by a
 * supervisor before the first day is posted, due dates move at once; plans and forecast are computed anew, and everybody concerned is told.
 * Until the first day is over the notice may be taken back, by two people again, and everything moves back.
 *
 *   approval -> plans anew -> operations, finance, branches and clients told -> [taken back, approved: plans anew, all told again]
 */
import { condition, setHandler } from '@temporalio/workflow';
import { SIDES } from '../domain/channel';
import type { FollowedPostponement } from '../activities/postponements/read-postponement';
import { database } from './activity-groups';
import { approval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { deliverBeside, leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import {
  withdrawalAsked,
  type SettlementPostponementEnd,
  type SettlementPostponementInput,
} from './messages/settlement-postponement';

export async function settlementPostponement({
  postponementId,
}: SettlementPostponementInput): Promise<SettlementPostponementEnd> {
  const waiting = openWaiting({ zh: '交收推迟', en: 'postponed settlement' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const asked: string[] = [];
  setHandler(withdrawalAsked, (withdrawalId) => void asked.push(withdrawalId), {
    description: '申请撤销推迟 the notice is to be taken back',
  });
  const clock = await BusinessClock.open();
  const read = () => database('读取推迟 read the postponement').readPostponement({ postponementId });
  const found = await read();

  waiting.stage('等待审批', 'waiting for approval');
  let end: SettlementPostponementEnd = 'refused';
  if (await isApproved(desk, promises, clock, found)) {
    await moved(await read(), false);
    waiting.stage('推迟生效', 'postponed');
    await withdrawnOrOver(desk, clock, found, asked);
    // The row decides: a notice may be taken back in the last moment of the day.
    const last = await read();
    if (last.state === 'withdrawn') await moved(last, true);
    end = last.state === 'withdrawn' ? 'moved back' : 'postponed';
  }
  waiting.stage('已结束', 'ended');
  leaveToDispatcher();
  await desk.closing();
  return end;
}

/** Decided before the first day is posted; what nobody has decided by then lapses and keeps no other notice out. */
async function isApproved(
  desk: TaskDesk,
  promises: Promises,
  clock: BusinessClock,
  { postponementId, from, to, cause, notice, madeBy, askedAt, decideWithin, channel }: FollowedPostponement,
): Promise<boolean> {
  const promise = await promises.give(clock, {
    businessKey: `approve-postponement:${postponementId}`,
    step: 'approve-postponement',
    subject: `postponement:${postponementId}`,
    ladder: 'PROMISE',
    limit: decideWithin,
    receivedAt: askedAt,
    channel: channel as 'SH',
    owner: { role: 'supervisor' },
    titleZh: `审批交收推迟 ${from}`,
    titleEn: `decide on the postponement of ${from}`,
    otherwise: '首日入账前未审批则失效 lapses when the first day is posted',
  });
  let isDecided = false;
  let isLate = false;
  const late = clock
    .waitUntil(promise.dueAt(), () => isDecided, '首日入账前须审批 to be decided before the first day is posted')
    .then((ended) => (isLate = ended === 'due'));
  const decided = await approval(
    desk,
    {
      businessKey: `approve-postponement:${postponementId}`,
      kind: 'approve-postponement',
      titleZh: `审批交收推迟 ${from} → ${to}`,
      titleEn: `decide on the postponement of settlement, ${from} to ${to}`,
      role: 'supervisor',
      facts: { from, to, cause, notice },
      revision: 1,
      madeBy,
      dueAt: promise.dueAt(),
      subject: { kind: 'settlement postponement', id: postponementId },
    },
    () => isLate,
    '首日入账前未审批 not decided before the first day was posted',
  );
  isDecided = true;
  await late;
  if (decided.decision === 'withdrawn') await promise.withdraw(decided.reason);
  else await promise.meetBy(decided);
  return decided.decision === 'approved';
}

/** Until the first day is over the notice may be taken back: asked for by one, approved by a supervisor, refused and asked for again. */
async function withdrawnOrOver(
  desk: TaskDesk,
  clock: BusinessClock,
  { postponementId, from, to, over }: FollowedPostponement,
  asked: string[],
): Promise<void> {
  let isWithdrawn = false;
  let isOver = false;
  const ended = clock
    .waitUntil(over, () => isWithdrawn, '首日结束前可撤销 may be taken back until the first day is over')
    .then(() => (isOver = true));
  for (;;) {
    await condition(() => asked.length > 0 || isOver);
    const withdrawalId = asked.shift();
    if (withdrawalId === undefined) break;
    const { reason, madeBy } = await database('读取撤销申请 read what is asked for').readPostponementWithdrawal({
      withdrawalId,
    });
    const decided = await approval(
      desk,
      {
        businessKey: `approve-postponement-withdrawal:${withdrawalId}`,
        kind: 'approve-postponement-withdrawal',
        titleZh: `审批撤销推迟 ${from} → ${to}`,
        titleEn: `decide on taking the postponement back, ${from} to ${to}`,
        role: 'supervisor',
        facts: { postponement: postponementId, from, to, reason },
        revision: 1,
        madeBy,
        dueAt: over,
        subject: { kind: 'postponement withdrawal', id: withdrawalId },
      },
      () => isOver,
      '首日已结束 the first day is over',
    );
    isWithdrawn = decided.decision === 'approved';
    if (isWithdrawn) break;
  }
  await ended;
}

/** Both days are planned anew where they have begun, the others when they begin; and what the newest evening forecast. */
async function moved(
  { postponementId, channel, openDays, forecastOn }: FollowedPostponement,
  back: boolean,
): Promise<void> {
  for (const businessDate of openDays)
    for (const side of SIDES) await database('头寸重算 plan anew').planFunding({ channel, businessDate, side });
  if (forecastOn !== null)
    await database('头寸预测重算 forecast anew').forecastFunding({ channel, businessDate: forecastOn });
  await database('通知推迟 tell whom it concerns').tellPostponement({ postponementId, back });
  deliverBeside();
}
