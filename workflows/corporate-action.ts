/**
 * A corporate action from its notice to its money (A4 §29-32). The holders are determined from the books, told, and where they have a
 * choice their elections are collected until the broker's deadline, reminders going to the silent; the close gives the silent the default
 * option and proves that held = submitted = acknowledged before the clearing house's deadline. Then each settlement day that is closed
 * says whether entitlements can be computed and what was credited. Holders are never steps of the story: it stays as short for half a
 * million of them as for one.
 */
import { condition, continueAsNew, patched, setHandler, workflowInfo } from '@temporalio/workflow';
import type { FollowedEvent } from '../activities/corporate-actions/follow-event';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import { keepBreaksTask } from './corporate-action/breaks-task';
import { close, collect, open } from './corporate-action/collect';
import { carriedOf, formsOf, takeOver } from './corporate-action/carried';
import type { EventInProgress, IsNews } from './corporate-action/event-in-progress';
import { bringToHolders, tellCancelled } from './corporate-action/forward';
import { followMoney, lookWhileCollecting } from './corporate-action/money';
import { withdrawOwed } from './corporate-action/owed';
import { leaveEarlierRound, prove } from './corporate-action/prove';
import {
  eventChanged,
  type CorporateActionDone,
  type CorporateActionEnd,
  type CorporateActionInput,
} from './messages/corporate-action';
import { settlementDayClosed } from './messages/permission-closing';

export async function corporateAction({
  done,
  renewsAfter,
  ...key
}: CorporateActionInput): Promise<CorporateActionEnd> {
  const waiting = openWaiting({ zh: `公司行为 ${key.eventNo}`, en: 'corporate action' });
  const desk = TaskDesk.open(waiting, formsOf(done));
  const promises = Promises.open(waiting);
  const told = { changes: 0, days: 0 };
  setHandler(eventChanged, () => void (told.changes += 1), { description: '事件有变更 the event changed' });
  setHandler(settlementDayClosed, () => void (told.days += 1), {
    description: '交收日已关闭 a settlement day was closed',
  });
  const clock = await BusinessClock.open();
  const it: EventInProgress = { key, clock, desk, promises, waiting, told, done: doneBefore(done) };
  await takeOver(it, done);

  for (;;) {
    const seen = { ...told };
    const end = await nextStep(it, seen);
    if (end === undefined) {
      if (isLong(renewsAfter) && goesOnAnew(it)) await renew(it, renewsAfter);
      continue;
    }
    await askNoMore(it, end);
    leaveToDispatcher();
    waiting.stage('已结束', 'ended');
    await desk.closing();
    // An event may come again at any moment, also at this one: an earlier version ended with what it had read.
    if (told.changes === seen.changes || !patched('what comes at the end is looked at')) return end;
  }
}

/** Nothing of an event that is over is asked or owed. */
async function askNoMore({ done }: EventInProgress, end: CorporateActionEnd): Promise<void> {
  await done.breaks?.withdraw();
  await done.leaving?.withdraw();
  await done.proof?.promise.withdraw(`事件已结束 the event is over: ${end}`);
  done.breaks = done.leaving = done.proof = undefined;
}

/** A day is looked at again by each run: what was compared stays as it is. */
const doneBefore = (before?: CorporateActionDone): EventInProgress['done'] => ({
  determined: before?.determined ?? '',
  reminded: [...(before?.reminded ?? [])],
  reconciled: before?.reconciled ?? 0,
  provenRound: before?.provenRound ?? 0,
  breakTasks: before?.breakTasks ?? 0,
  owed: {},
  daysFollowed: -1,
  followed: '',
});

/** Half of what a history may have (2,000 events). */
const RENEWED_AFTER = 1_000;

const isLong = (renewsAfter = RENEWED_AFTER): boolean =>
  workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= renewsAfter;

/** Runs of before took nothing over: whoever owed or asked something went on in the same history. */
const goesOnAnew = ({ done }: EventInProgress): boolean =>
  (done.breaks === undefined &&
    Object.keys(done.owed).length === 0 &&
    (done.proof === undefined || done.proof.round === done.provenRound)) ||
  patched('goes on with what it owes');

/** Goes on where it stands; what comes meanwhile the next run reads from the book. */
async function renew({ key, desk, done }: EventInProgress, renewsAfter: number | undefined): Promise<never> {
  await desk.closing();
  return continueAsNew<typeof corporateAction>({
    ...key,
    ...(renewsAfter === undefined ? {} : { renewsAfter }),
    done: carriedOf(done),
  });
}

/** Looks where the event stands and does what is next; its end, where it has come. */
async function nextStep(it: EventInProgress, seen: EventInProgress['told']): Promise<CorporateActionEnd | undefined> {
  const event = await database('读取事件 read the event').readCorporateAction({ ...it.key });
  const isNews = () => it.told.changes > seen.changes || it.told.days > seen.days || isAnswered(it.done);
  const found = { open: event.openBreaks, owed: event.breaksOwed, asOf: event.breaksAsOf };
  if (await keepBreaksTask(it, event, found)) return undefined;
  if (event.state === 'ended' || event.state === 'cancelled') return endUnlessAsked(it, event, isNews);
  await leaveEarlierRound(it, event);
  if (await bringToHolders(it, event, isNews)) return undefined;
  const isElecting = event.state === 'collecting' || (event.state === 'announced' && event.isElective);
  if (isElecting && (await lookWhileCollecting(it, event, seen))) return undefined;
  if (event.state === 'announced' && event.isElective) await open(it, event, isNews);
  else if (event.state === 'collecting') await collect(it, event, isNews);
  else if (event.state === 'closing') await close(it);
  else {
    // Money is followed beside the proof: what does not agree hides nothing that came.
    const proof = event.state === 'announced' ? 'proven' : await prove(it, event);
    if (proof !== 'read again') await followMoney(it, event, { seen, isNews, isProven: proof === 'proven' });
  }
  return undefined;
}

const isAnswered = ({ breaks, leaving }: EventInProgress['done']): boolean =>
  breaks?.isDone() === true || leaving?.isDone() === true;

/** An event that is over waits for people who are asked about it. */
async function endUnlessAsked(
  it: EventInProgress,
  event: FollowedEvent,
  isNews: IsNews,
): Promise<CorporateActionEnd | undefined> {
  if (event.state === 'cancelled') await tellCancelled(it, event);
  await withdrawOwed(it, 'credit the entitlement', `事件已结束 the event is over: ${event.state}`);
  if (event.openBreaks === 0) return event.state === 'cancelled' ? 'cancelled' : 'ended';
  it.waiting.stage('等待处理差异', 'waiting for what does not agree');
  await condition(isNews);
  return undefined;
}
