/**
 * A trade is cancelled by notice of the exchange or the clearing house (settlement page, out of the ordinary). Approved by a supervisor it counts no
 * more: open evenings take back what they posted with it and do their steps again, the day on which it was due is planned anew, its client is told.
 *
 *   approval -> plan and forecast anew -> client, operations and finance told
 */
import { SIDES } from '../domain/channel';
import type { FollowedCancellation } from '../activities/cancellations/read-cancellation';
import { database } from './activity-groups';
import { approval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { deliverBeside, leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { openWaiting } from './building-blocks/waiting';
import type { TradeCancellationEnd, TradeCancellationInput } from './messages/trade-cancellation';

export async function tradeCancellation({ cancellationId }: TradeCancellationInput): Promise<TradeCancellationEnd> {
  const waiting = openWaiting({ zh: '成交撤销', en: 'cancelled trade' });
  const desk = TaskDesk.open(waiting);
  const clock = await BusinessClock.open();
  const read = () => database('读取撤销 read the cancellation').readCancellation({ cancellationId });

  waiting.stage('等待审批', 'waiting for approval');
  const isCancelled = await isApproved(desk, clock, await read());
  if (isCancelled) await countedNoMore(await read());

  waiting.stage('已结束', 'ended');
  leaveToDispatcher();
  await desk.closing();
  return isCancelled ? 'cancelled' : 'refused';
}

/** Decided before the day after the trade settles; what nobody has decided by then lapses: the trade is settled. */
async function isApproved(
  desk: TaskDesk,
  clock: BusinessClock,
  { cancellationId, madeBy, trade, over }: FollowedCancellation,
): Promise<boolean> {
  let isDecided = false;
  let isLate = false;
  const late = clock
    .waitUntil(over, () => isDecided, '交收前须审批 to be decided before it is settled')
    .then((ended) => (isLate = ended === 'due'));
  const decided = await approval(
    desk,
    {
      businessKey: `approve-trade-cancellation:${cancellationId}`,
      kind: 'approve-trade-cancellation',
      titleZh: `审批成交撤销 ${trade?.trade ?? ''}`,
      titleEn: `decide on the cancellation of trade ${trade?.trade ?? ''}`,
      role: 'supervisor',
      facts: { ...trade },
      revision: 1,
      madeBy,
      dueAt: over,
      subject: { kind: 'trade cancellation', id: cancellationId },
    },
    () => isLate,
    '交收前未审批 not decided before it was settled',
  );
  isDecided = true;
  await late;
  return decided.decision === 'approved';
}

/** The day on which it was due is planned anew where it has begun, and what the newest evening forecast. Its client is told. */
async function countedNoMore({ cancellationId, channel, openDue, forecastOn }: FollowedCancellation): Promise<void> {
  if (openDue !== null)
    for (const side of SIDES)
      await database('头寸重算 plan anew').planFunding({ channel, businessDate: openDue, side });
  if (forecastOn !== null)
    await database('头寸预测重算 forecast anew').forecastFunding({ channel, businessDate: forecastOn });
  await database('通知撤销 tell whom it concerns').tellCancellation({ cancellationId });
  deliverBeside();
}
