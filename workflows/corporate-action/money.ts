/** What a closed settlement day brought: entitlements computed by ourselves, money and shares credited. */
import { condition, patched } from '@temporalio/workflow';
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import type { SettledEntitlements } from '../../activities/corporate-actions/settle-entitlements';
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
    it.done.followed = standing;
    const { isOver } = await lookAtDay(it, seen);
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

async function lookAtDay(it: EventInProgress, { days }: { readonly days: number }): Promise<SettledEntitlements> {
  it.done.daysFollowed = days;
  it.waiting.stage('核对权益', 'comparing entitlements');
  const found = await bulk('计算与核对权益 entitlements, computed and credited').settleEntitlements({ ...it.key });
  deliverBeside();
  await keepOwed(it, 'credit the entitlement', found.owed);
  return found;
}

/** Processes that collected elections before looked at no closed day meanwhile. */
export const looksWhileCollecting = (): boolean => patched('closed days are looked at while elections are collected');

/**
 * A closed day brings results and rights while elections are collected as well: what came to nothing goes back to its holder while there is
 * time. Answers whether it looked: the event is read again then.
 */
export async function lookWhileCollecting(
  it: EventInProgress,
  { closedDay, noticedOn }: FollowedEvent,
  seen: { readonly days: number },
): Promise<boolean> {
  // Nothing of it comes before its notice.
  if (closedDay === null || closedDay < noticedOn) return false;
  if (it.done.daysFollowed >= seen.days || !looksWhileCollecting()) return false;
  const { comeBack } = await lookAtDay(it, seen);
  if (comeBack !== undefined) {
    it.waiting.stage('退回未成申报', 'taking back what came to nothing');
    await bulk('退回未成申报 what came to nothing goes back to its holders').takeBackFailed({ ...it.key });
    deliverBeside();
  }
  return true;
}
