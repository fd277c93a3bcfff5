/** What an event owes by a time is a promise with its ladder: that what does not agree is cleared, that what it brings has come. */
import type { OwedByEvent, OwedStep } from '../../activities/corporate-actions/owed-by-event';
import type { Channel } from '../../domain/channel';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import type { Reached } from '../building-blocks/ladder';
import { Owed } from '../building-blocks/owed';
import type { CorporateActionDone, OwedTerms } from '../messages/corporate-action';
import type { EventInProgress } from './event-in-progress';

const NAMES = {
  'clear breaks': { key: 'breaks', zh: '公司行为差异处理完毕', en: 'what does not agree is cleared' },
  'credit the entitlement': { key: 'credit', zh: '公司行为权益到账', en: 'the entitlement has come' },
} as const satisfies Readonly<Record<OwedStep, { readonly key: string; readonly zh: string; readonly en: string }>>;

/**
 * Promised while it is owed, and met when it is owed no more. Where another time is owed the promise before is withdrawn and another one given.
 * Histories of before it was promised say nothing of it.
 */
export async function keepOwed(
  it: EventInProgress,
  step: OwedStep,
  owed: OwedByEvent | null | undefined,
): Promise<Owed | undefined> {
  if (owed === undefined) return undefined;
  if (owed === null) {
    await meetOwed(it, step, { by: SYSTEM_ACTOR });
    return undefined;
  }
  const { standing } = owed;
  let nth = owed.nth;
  let stands = it.done.owed[step];
  if (stands === undefined && standing !== undefined) stands = await give(it, step, { ...standing, nth });
  if (stands !== undefined && stands.from !== owed.from) {
    await stands.promise.withdraw('期限已变更 another time is owed');
    stands = undefined;
    nth += 1;
  }
  stands ??= await give(it, step, { ...owed, nth });
  it.done.owed[step] = stands;
  return stands.promise;
}

export async function meetOwed({ done }: EventInProgress, step: OwedStep, reached: Reached): Promise<void> {
  const stands = done.owed[step];
  delete done.owed[step];
  await stands?.promise.meet(reached);
}

/** An event that is cancelled brings nothing. */
export async function withdrawOwed({ done }: EventInProgress, step: OwedStep, cause: string): Promise<void> {
  const stands = done.owed[step];
  delete done.owed[step];
  await stands?.promise.withdraw(cause);
}

/** Promises of the run before go on as they stand. */
export async function takeOverOwed(
  it: EventInProgress,
  before: NonNullable<CorporateActionDone['owed']>,
): Promise<void> {
  for (const step of ['clear breaks', 'credit the entitlement'] as const) {
    const terms = before[step];
    if (terms !== undefined) it.done.owed[step] = await give(it, step, terms);
  }
}

async function give(
  it: EventInProgress,
  step: OwedStep,
  { nth, from, receivedAt, limit }: OwedTerms,
): Promise<OwedTerms & { readonly promise: Owed }> {
  const { channel, eventNo } = it.key;
  const { key, zh, en } = NAMES[step];
  const promise = await Owed.give(it, {
    businessKey: `corporate-action-${key}-owed:${channel}:${eventNo}:${nth}`,
    step,
    subject: eventNo,
    side: 'client',
    owner: { role: 'operations' },
    ladder: 'PROMISE',
    limit,
    receivedAt,
    channel: channel as Channel,
    titleZh: zh,
    titleEn: en,
    otherwise: '逾期升级至合规 compliance is told when it is due',
  });
  return { nth, from, receivedAt, limit, promise };
}
