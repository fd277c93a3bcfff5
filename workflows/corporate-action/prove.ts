/** After the close: held = submitted = acknowledged, promised before the clearing house's own deadline. */
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { database } from '../activity-groups';
import { keepBreaksTask } from './breaks-task';
import type { EventInProgress } from './event-in-progress';

/** True when it is proven. What differs, or is not answered yet, is a task; news of either make it compare again. */
export async function prove(it: EventInProgress, event: FollowedEvent): Promise<boolean> {
  const { done, key } = it;
  const { round, elections } = event;
  if (event.isProven || done.provenRound === round || elections === null) return true;
  it.waiting.stage('核对申报', 'proving held = submitted = acknowledged');
  done.proof ??= {
    round,
    promise: await it.promises.give(it.clock, {
      businessKey: `elections-reconciled:${key.channel}:${key.eventNo}${round > 1 ? `:${round}` : ''}`,
      step: 'reconcile elections',
      subject: key.eventNo,
      side: 'client',
      owner: { role: 'operations' },
      ladder: 'PROMISE',
      limit: { kind: 'CLOCK_TIME', ...elections.provenWithin },
      receivedAt: elections.brokerCutAt,
      titleZh: '申报核对一致',
      titleEn: 'elections held, submitted and acknowledged agree',
    }),
  };
  done.reconciled += 1;
  const found = await database('核对申报 reconcile elections').reconcileElections({ ...key, nth: done.reconciled });
  const open = found.breaks + found.unanswered;
  await keepBreaksTask(it, event, { open, owed: found.owed });
  if (open > 0) return false;
  done.provenRound = round;
  await done.proof.promise.meet({ by: SYSTEM_ACTOR });
  return true;
}

/** Where elections are collected again, or no more, nothing is owed of those before. */
export async function leaveEarlierRound({ done }: EventInProgress, event: FollowedEvent): Promise<void> {
  if (done.proof === undefined || (done.proof.round === event.round && event.isElective)) return;
  await done.proof.promise.withdraw('申报重新开放或已取消 elections were opened again, or are asked no more');
  done.proof = undefined;
}
