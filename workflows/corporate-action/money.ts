/** What a closed settlement day brought: entitlements computed by ourselves, money and shares credited. */
import { condition, patched } from '@temporalio/workflow';
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import { bulk, database } from '../activity-groups';
import { deliverBeside } from '../building-blocks/delivery';
import type { EventInProgress, IsNews } from './event-in-progress';
import { keepOwed } from './owed';

/**
 * Looks once at each closed day, again where a newer version came or its elections are proven since, and otherwise waits for the next; the event
 * is over when all of it has come.
 */
export async function followMoney(
  it: EventInProgress,
  event: FollowedEvent,
  {
    seen,
    isNews,
    isProven,
  }: { readonly seen: { readonly days: number }; readonly isNews: IsNews; readonly isProven: boolean },
): Promise<void> {
  const standing = `${event.version} ${isProven ? 'proven' : 'open'}`;
  if (it.done.daysFollowed < seen.days || isLookedAtAnew(it, standing)) {
    it.done.daysFollowed = seen.days;
    it.done.followed = standing;
    it.waiting.stage('核对权益', 'comparing entitlements');
    const { isOver, owed } = await bulk('计算与核对权益 entitlements, computed and credited').settleEntitlements({
      ...it.key,
    });
    deliverBeside();
    await keepOwed(it, 'credit the entitlement', owed);
    const { version } = event;
    if (isOver && isProven)
      await database('事件结束 the event ends').moveCorporateAction({ ...it.key, to: 'ended', version });
    if (isProven) return;
  }
  it.waiting.stage('等待权益到账', 'waiting for the entitlement');
  const waitsNoMore = it.waiting.on({
    who: '中国结算 clearing house',
    whatZh: `${event.name.zh}：到账`,
    whatEn: `to credit: ${event.name.en}`,
  });
  await condition(isNews);
  waitsNoMore();
}

/** An end that is turned down for a newer version would else wait for the next day that is closed. */
const isLookedAtAnew = ({ done }: EventInProgress, standing: string): boolean =>
  done.followed !== standing && patched('a newer version is looked at at once');
