/** Elections from their opening to the broker's deadline; what is elected is intake, the story keeps the time. */
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import { bulk, database } from '../activity-groups';
import { deliverBeside } from '../building-blocks/delivery';
import type { EventInProgress, IsNews } from './event-in-progress';

export async function open(it: EventInProgress, { elections }: FollowedEvent, isNews: IsNews): Promise<void> {
  if (elections === null) throw new RangeError('elections without their deadlines');
  it.waiting.stage('等待申报开始', 'waiting for elections to open');
  const came = await it.clock.waitUntil(elections.opensAt, isNews, '申报开始 elections open');
  if (came === 'due') await database('开始申报 open elections').moveCorporateAction({ ...it.key, to: 'collecting' });
}

/** Reminders at their instants, to the silent only; then the close. A change of the event ends it, and it begins anew. */
export async function collect(
  it: EventInProgress,
  { elections, version }: FollowedEvent,
  isNews: IsNews,
): Promise<void> {
  if (elections === null) throw new RangeError('elections without their deadlines');
  it.waiting.stage('收集选择', 'collecting elections');
  const waitsNoMore = it.waiting.on({
    who: '持有人 holders',
    whatZh: '作出选择',
    whatEn: 'to elect',
    dueAt: elections.brokerCutAt,
    otherwise: '按默认选项处理 the default option is recorded',
  });
  try {
    for (const { rung, at } of elections.reminders) {
      const name = `${version} ${elections.clientCutAt} ${rung}`;
      if (it.done.reminded.includes(name)) continue;
      const came = await it.clock.waitUntil(at, isNews, `提醒未选择者 ${rung} remind the silent`);
      if (came === 'done') return;
      it.done.reminded.push(name);
      await bulk(`提醒未选择者 ${rung} remind the silent`).remindSilent({ ...it.key, rung });
      deliverBeside();
    }
    const came = await it.clock.waitUntil(elections.brokerCutAt, isNews, '公司截止 the broker closes');
    if (came === 'due') await close(it);
  } finally {
    waitsNoMore();
  }
}

/** Where the cut was moved meanwhile the verb closes nothing, and the event is read again. */
export async function close(it: EventInProgress): Promise<void> {
  it.waiting.stage('截止并记录默认选项', 'closing and recording defaults');
  await bulk('截止申报 close the elections').closeElections({ ...it.key });
}
