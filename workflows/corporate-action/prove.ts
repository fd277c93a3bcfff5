/** After the close: held = submitted = acknowledged, promised before the clearing house's own deadline. */
import { condition } from '@temporalio/workflow';
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { database } from '../activity-groups';
import { keepBreaksTask } from './breaks-task';
import type { EventInProgress, IsNews } from './event-in-progress';

/** True when it is proven. What differs, or is not answered yet, is a task; news of either make it compare again. */
export async function prove(it: EventInProgress, event: FollowedEvent, isNews: IsNews): Promise<boolean> {
  const { done, key } = it;
  if (done.isProven || event.elections === null) return true;
  it.waiting.stage('核对申报', 'proving held = submitted = acknowledged');
  done.proof ??= await it.promises.give(it.clock, {
    businessKey: `elections-reconciled:${key.channel}:${key.eventNo}`,
    step: 'reconcile elections',
    subject: key.eventNo,
    side: 'client',
    owner: { role: 'operations' },
    ladder: 'PROMISE',
    limit: { kind: 'CLOCK_TIME', ...event.elections.provenWithin },
    receivedAt: event.elections.brokerCutAt,
    titleZh: '申报核对一致',
    titleEn: 'elections held, submitted and acknowledged agree',
  });
  done.reconciled += 1;
  const found = await database('核对申报 reconcile elections').reconcileElections({ ...key, nth: done.reconciled });
  const open = found.breaks + found.unanswered;
  await keepBreaksTask(it, event, open);
  if (open === 0) {
    done.isProven = true;
    await done.proof.meet({ by: SYSTEM_ACTOR });
    return true;
  }
  await condition(isNews);
  return false;
}
