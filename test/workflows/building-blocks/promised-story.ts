/** Processes that promise something by a time and wait for it. People act on them by signals. */
import { defineSignal, setHandler, Trigger, workflowInfo } from '@temporalio/workflow';
import type { DraftedOrder } from '../../../activities/orders/draft-order';
import { shanghaiInstant, type BusinessDate } from '../../../domain/calendar/business-date';
import { minutesAfter } from '../../../domain/calendar/instants';
import type { Limit } from '../../../domain/deadlines/limit';
import { BusinessClock } from '../../../workflows/building-blocks/business-clock';
import { TaskDesk } from '../../../workflows/building-blocks/human-task';
import { Promises, type PromiseEnd } from '../../../workflows/building-blocks/promises';
import { openWaiting } from '../../../workflows/building-blocks/waiting';
import type { BankingDay } from '../../../workflows/settlement-day/day-in-progress';
import { offerWhenSilent } from '../../../workflows/settlement-day/emergency-channel';
import { fund, fundingDeadlines } from '../../../workflows/settlement-day/funding';
import { planChanged } from '../../../workflows/messages/settlement-day';
import { notFunded } from '../../../workflows/settlement-day/funding-progress';

export { deadlineExtension } from '../../../workflows/deadline-extension';
export { telephoneNotice } from '../../../workflows/telephone-notice';

export const answered = defineSignal<[by: string, at: string]>('answered');
export const over = defineSignal<[cause: string]>('over');
export const stop = defineSignal<[reason: string]>('stop');
export const resume = defineSignal('resume');
export const extend = defineSignal<[furtherN: number]>('extend');

export interface Promised {
  readonly key: string;
  readonly receivedAt: string;
  readonly limit: Limit;
  /** Whether it asks somebody besides. */
  readonly asks?: boolean;
}

/** Answers how the promise ended, and why more time was not asked for. */
export async function promised({
  key,
  receivedAt,
  limit,
  asks = false,
}: Promised): Promise<readonly [PromiseEnd, ...string[]]> {
  const waiting = openWaiting({ zh: '投诉', en: 'complaint' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const given = new Trigger<Awaited<ReturnType<Promises['give']>>>();
  const refusals: string[] = [];
  setHandler(answered, async (by, at) => void (await given).meet({ by, at }));
  setHandler(over, async (cause) => void (await given).withdraw(cause));
  setHandler(stop, async (reason) => (await given).stop(reason, 'li'));
  setHandler(resume, async () => (await given).resume('材料已到', 'li'));
  setHandler(extend, async (furtherN) => {
    const promise = await given;
    await promise
      .askMoreTime({ furtherN, reason: '案情复杂', by: 'li' })
      .catch((error: Error & { type?: string }) => refusals.push(error.type ?? error.message));
  });
  const clock = await BusinessClock.open();
  const promise = await promises.give(clock, {
    businessKey: key,
    step: 'answer',
    subject: key,
    owner: { role: 'operations' },
    ladder: 'PROMISE',
    limit,
    receivedAt,
    titleZh: '答复投诉',
    titleEn: 'answer the complaint',
  });
  given.resolve(promise);
  if (asks) {
    const form = { version: 1, schema: { type: 'object' } };
    const asked = {
      kind: 'answer',
      titleZh: '答复',
      titleEn: 'answer',
      role: 'operations',
      form,
      facts: {},
      revision: 1,
    };
    await desk.ask({ ...asked, businessKey: `${key}:answer` });
  }
  const end = await promise.kept;
  await desk.closing();
  return [end, ...refusals];
}

export const fundedAs = defineSignal<[reached: 'plan ready' | 'order approved' | 'money in reserve']>('fundedAs');
export const batchesOver = defineSignal('batchesOver');
export const orderApproved = defineSignal<[order: DraftedOrder]>('orderApproved');

/** The ladder of the morning's money as the settlement day climbs it, beside money that comes when the test says so. */
export async function funding({ businessDate }: { readonly businessDate: BusinessDate }): Promise<void> {
  const { day, opened } = dayOfStory(businessDate);
  const funded = notFunded();
  setHandler(fundedAs, (reached) => {
    if (reached === 'plan ready') funded.planReady = true;
    else if (reached === 'order approved') funded.approvedBy = 'wang';
    else funded.moneyIn = true;
  });
  setHandler(orderApproved, (order) => {
    funded.order = order;
    funded.approvedBy = 'zhao';
  });
  await fundingDeadlines(await opened(), 'client', funded);
  await day.desk.closing();
}

/** The morning of a side as the settlement day has it: plan, orders and ladder. */
export async function morning({ businessDate }: { readonly businessDate: BusinessDate }): Promise<void> {
  const { day, opened } = dayOfStory(businessDate);
  const begun = await opened();
  const funded = notFunded();
  await Promise.all([fund(begun, 'client', funded), fundingDeadlines(begun, 'client', funded)]);
  await day.desk.closing();
}

/** An order that covers a default, of which nothing comes until the test says so. */
export async function covering({ businessDate }: { readonly businessDate: BusinessDate }): Promise<void> {
  const { day, opened } = dayOfStory(businessDate);
  const cover = notFunded();
  setHandler(orderApproved, (order) => void (cover.order = order));
  setHandler(fundedAs, () => void (cover.moneyIn = true));
  const begun = await opened();
  const over = () => cover.moneyIn || day.bankingOver;
  // As a default is followed: the account is looked at every ten minutes.
  const follow = async () => {
    for (let nth = 3; !over(); nth += 1)
      await begun.clock.waitUntil(minutesAfter(begun.opened.at.fundingDeadline, nth * 10), over, '跟踪违约 follow');
  };
  await Promise.all([
    follow(),
    offerWhenSilent(begun, 'client', cover, { which: ':default:2', over: () => day.bankingOver }),
  ]);
  await day.desk.closing();
}

/** What the parts of a morning read of their day. */
function dayOfStory(businessDate: BusinessDate) {
  const waiting = openWaiting({ zh: '备付金', en: 'reserve' });
  const planChanges = { client: 0, proprietary: 0 };
  const day = {
    workflowId: workflowInfo().workflowId,
    opened: { at: { fundingDeadline: shanghaiInstant(businessDate, '10:00') }, bankAskAgainAfterMinutes: 10 },
    key: { channel: 'SH', businessDate },
    ...{ waiting, desk: TaskDesk.open(waiting), promises: Promises.open(), planChanges },
    intradayBegun: false,
    bankingOver: false,
  };
  setHandler(planChanged, (side) => void (planChanges[side] += 1));
  setHandler(batchesOver, () => {
    day.intradayBegun = true;
    day.bankingOver = true;
  });
  const opened = async (): Promise<BankingDay> => Object.assign(day, { clock: await BusinessClock.open() });
  return { day, opened };
}
