/**
 * A corporate action from its notice to its money (A4 §29-32). The holders are determined from the books, told, and where they have a
 * choice their elections are collected until the broker's deadline, reminders going to the silent; the close gives the silent the default
 * option and proves that held = submitted = acknowledged before the clearing house's deadline. Then each settlement day that is closed
 * says whether entitlements can be computed and what was credited. Holders are never steps of the story: it stays as short for half a
 * million of them as for one.
 */
import { condition, setHandler } from '@temporalio/workflow';
import type { FollowedEvent } from '../activities/corporate-actions/follow-event';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import { keepBreaksTask } from './corporate-action/breaks-task';
import { close, collect, open } from './corporate-action/collect';
import type { EventInProgress, IsNews } from './corporate-action/event-in-progress';
import { bringToHolders, tellCancelled } from './corporate-action/forward';
import { followMoney } from './corporate-action/money';
import { leaveEarlierRound, prove } from './corporate-action/prove';
import { eventChanged, type CorporateActionEnd, type CorporateActionInput } from './messages/corporate-action';
import { settlementDayClosed } from './messages/permission-closing';

export async function corporateAction(key: CorporateActionInput): Promise<CorporateActionEnd> {
  const waiting = openWaiting({ zh: `公司行为 ${key.eventNo}`, en: 'corporate action' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const told = { changes: 0, days: 0 };
  setHandler(eventChanged, () => void (told.changes += 1), { description: '事件有变更 the event changed' });
  setHandler(settlementDayClosed, () => void (told.days += 1), {
    description: '交收日已关闭 a settlement day was closed',
  });
  const clock = await BusinessClock.open();
  const it: EventInProgress = { key, clock, desk, promises, waiting, told, done: newlyDone() };

  let end: CorporateActionEnd | undefined;
  while (end === undefined) end = await nextStep(it);
  await it.done.breaks?.withdraw();
  await it.done.proof?.promise.withdraw(`事件已结束 the event is over: ${end}`);
  leaveToDispatcher();
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return end;
}

const newlyDone = (): EventInProgress['done'] => ({
  determined: '',
  reminded: [],
  reconciled: 0,
  provenRound: 0,
  breakTasks: 0,
  daysFollowed: -1,
});

/** Looks where the event stands and does what is next; its end, where it has come. */
async function nextStep(it: EventInProgress): Promise<CorporateActionEnd | undefined> {
  const seen = { ...it.told };
  const event = await database('读取事件 read the event').readCorporateAction({ ...it.key });
  const isNews = () => it.told.changes > seen.changes || it.told.days > seen.days || it.done.breaks?.isDone() === true;
  await keepBreaksTask(it, event, event.openBreaks);
  if (event.state === 'ended' || event.state === 'cancelled') return endUnlessAsked(it, event, isNews);
  await leaveEarlierRound(it, event);
  if (await bringToHolders(it, event, isNews)) return undefined;
  if (event.state === 'announced' && event.isElective) await open(it, event, isNews);
  else if (event.state === 'collecting') await collect(it, event, isNews);
  else if (event.state === 'closing') await close(it);
  else {
    // Money is followed beside the proof: what does not agree hides nothing that came.
    const isProven = event.state === 'announced' || (await prove(it, event));
    await followMoney(it, event, { seen, isNews, isProven });
  }
  return undefined;
}

/** An event that is over waits for people who are asked about it. */
async function endUnlessAsked(
  it: EventInProgress,
  event: FollowedEvent,
  isNews: IsNews,
): Promise<CorporateActionEnd | undefined> {
  if (event.state === 'cancelled') await tellCancelled(it, event);
  if (event.openBreaks === 0) return event.state === 'cancelled' ? 'cancelled' : 'ended';
  it.waiting.stage('等待处理差异', 'waiting for what does not agree');
  await condition(isNews);
  return undefined;
}
