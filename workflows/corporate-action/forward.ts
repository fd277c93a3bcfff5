/**
 * The holders are determined and told: when the books of the notice's day stand, and again when those of the relevant day do; where shares are
 * handed over, with each closed day until the close.
 */
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import { bulk } from '../activity-groups';
import { deliverBeside } from '../building-blocks/delivery';
import type { EventInProgress, IsNews } from './event-in-progress';

/** True where it did something, or something came while it waited: the event is read again. */
export async function bringToHolders(it: EventInProgress, event: FollowedEvent, isNews: IsNews): Promise<boolean> {
  const { version, closedDay, noticedOn, relevantOn, isForwarded } = event;
  const has = (day: string | null): day is string => day !== null && closedDay !== null && closedDay >= day;
  // Until the relevant day stands, who buys and who sells is followed day by day; what is handed over must still be there.
  const booksOf = has(relevantOn) ? (event.holdersAsOf ?? relevantOn) : has(noticedOn) ? closedDay : '';
  const wanted = `${version} ${booksOf}`;
  if (it.done.determined === wanted && isForwarded) return tellDeadline(it, event);
  if (!has(noticedOn) && event.holdersVersion < version) {
    it.waiting.stage('等待公告日账务', 'waiting for the books of the day of the notice');
    const came = await it.clock.waitUntil(event.forwardAt, isNews, '最迟转发时间 forward at the latest');
    if (came === 'done') return true;
  }
  it.waiting.stage('确定持有人并转发', 'determining and telling the holders');
  const { added } = await bulk(`确定持有人 ${event.code} determine the holders`).determineHolders({ ...it.key });
  if (!isForwarded || added !== 0) {
    await bulk('转发公告 forward to the holders').forwardEvent({ ...it.key });
    deliverBeside();
  }
  it.done.determined = wanted;
  return true;
}

/** A deadline that moved with an approval is told to all who can elect. */
async function tellDeadline(it: EventInProgress, { isDeadlineUntold }: FollowedEvent): Promise<boolean> {
  if (!isDeadlineUntold) return false;
  await bulk('告知新的截止时间 tell the deadline that moved').tellDeadline({ ...it.key });
  deliverBeside();
  return true;
}

/** Whoever was told of the event is told of its end. */
export async function tellCancelled(it: EventInProgress, event: FollowedEvent): Promise<void> {
  it.waiting.stage('已取消', 'cancelled');
  if (event.isForwarded || event.holdersVersion === 0) return;
  await bulk('通知持有人已取消 tell the holders that it is cancelled').forwardEvent({ ...it.key });
}
