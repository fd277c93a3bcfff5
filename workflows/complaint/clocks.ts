/** The clocks of a complaint: from its receipt here, and of a transfer also from the receipt there. */
import { ApplicationFailure } from '@temporalio/common';
import { condition } from '@temporalio/workflow';
import { businessDateOf } from '../../domain/calendar/business-date';
import type { ComplaintStage } from '../../domain/complaints/complaint-limits';
import type { AskedExtension } from '../../activities/complaints/follow-complaint';
import type { GivenPromise, PromiseSpec } from '../building-blocks/promises';
import { readAgain, record, type ComplaintCase } from './complaint-case';

const WORDS: Readonly<Record<ComplaintStage, { readonly zh: string; readonly en: string }>> = {
  accept: { zh: '决定是否受理', en: 'accept or refuse' },
  answer: { zh: '答复投诉人', en: 'answer the complainant' },
};

/** Gives what is owed from the day of receipt on. */
export async function promiseStages(it: ComplaintCase): Promise<void> {
  for (const { clock, stage, from, limit } of it.complaint.clocks) {
    const prefix = clock === 'own' ? `complaint-${stage}` : `complaint-transfer-${stage}`;
    const level = stage === 'answer' ? ':1' : '';
    await promise(it, { key: `${prefix}:${it.complaintNo}${level}`, stage, receivedAt: from, limit });
  }
}

/** After a reopening the answer is owed anew, from the reopening on. */
export async function promiseSecondAnswer(it: ComplaintCase, reopenedAt: string): Promise<void> {
  const own = it.complaint.clocks.find(({ clock, stage }) => clock === 'own' && stage === 'answer');
  if (own === undefined) throw new RangeError('a complaint without a limit for its answer');
  const key = `complaint-answer:${it.complaintNo}:2`;
  await promise(it, { key, stage: 'answer', receivedAt: reopenedAt, limit: own.limit });
}

async function promise(
  it: ComplaintCase,
  {
    key,
    stage,
    ...runs
  }: { readonly key: string; readonly stage: ComplaintStage } & Pick<PromiseSpec, 'receivedAt' | 'limit'>,
): Promise<void> {
  const { branch } = it.complaint;
  const { zh, en } = WORDS[stage];
  const given = await it.promises.give(it.clock, {
    ...runs,
    businessKey: key,
    step: stage,
    subject: it.complaintNo,
    owner: { role: 'service' },
    ...(branch === null ? {} : { branch }),
    ladder: 'PROMISE',
    titleZh: zh,
    titleEn: en,
    otherwise: '到期升级至合规 compliance is told when due',
  });
  it.owed.set(key, given);
}

const owedFor = (it: ComplaintCase, stage: ComplaintStage): readonly (readonly [string, GivenPromise])[] =>
  [...it.owed].filter(
    ([key]) => key.startsWith(`complaint-${stage}:`) || key.startsWith(`complaint-transfer-${stage}:`),
  );

/** What was owed is done, at the time of the person's act. */
export async function meetStage(
  it: ComplaintCase,
  stage: ComplaintStage,
  act: { readonly by: string; readonly at: string },
): Promise<void> {
  for (const [key, given] of owedFor(it, stage)) {
    await given.meet(act);
    it.owed.delete(key);
  }
}

/** Nothing is owed any more. */
export async function withdrawStages(it: ComplaintCase, cause: string): Promise<void> {
  for (const [key, given] of it.owed) {
    await given.withdraw(cause);
    it.owed.delete(key);
  }
}

/** The clocks stand while the complainant must act, as far as their bound goes; one that may not stand any more runs on. */
export async function stopClocks(it: ComplaintCase, by: string): Promise<readonly GivenPromise[]> {
  const stopped: GivenPromise[] = [];
  for (const given of it.owed.values()) {
    if (await mayBeRefused(given.stop('等待投诉人 waiting for the complainant', by))) stopped.push(given);
  }
  return stopped;
}

/** The clocks run again; one whose bound came first runs already. */
export async function resumeClocks(stopped: readonly GivenPromise[], by: string): Promise<void> {
  for (const given of stopped) await mayBeRefused(given.resume('投诉人已补充 the complainant has answered', by));
}

/** More time for the answer, asked by the handler and decided by another person before the limit; given, the complainant is told. */
export async function extend(it: ComplaintCase, { extensionId, ...asked }: AskedExtension): Promise<void> {
  const key = `complaint-answer:${it.complaintNo}:${it.complaint.level}`;
  const given = it.owed.get(key);
  if (given === undefined || !(await mayBeRefused(given.askMoreTime(asked)))) return;
  for (let seen = given.dueAt(); ; seen = given.dueAt()) {
    await condition(() => given.dueAt() !== seen || it.owed.get(key) !== given);
    if (it.owed.get(key) !== given) return;
    const { extended } = await readAgain(it);
    if (extended.includes(extensionId)) break;
  }
  const dueAt = given.dueAt();
  await record(
    it,
    { step: 'extend', detail: { furtherN: asked.furtherN, dueAt }, facts: { dueAt: businessDateOf(dueAt) } },
    '告知延期 tell of the extension',
  );
}

/** Whether it was done; a refusal by the rules of promises is told with the promise. */
async function mayBeRefused(asked: Promise<void>): Promise<boolean> {
  const code = await asked.then(() => undefined).catch(refusalOf);
  return code === undefined;
}

/** The code of a business refusal; anything else goes on as it came. */
function refusalOf(error: unknown): string {
  if (error instanceof ApplicationFailure && error.type !== undefined && error.type !== null) return error.type;
  throw error;
}
