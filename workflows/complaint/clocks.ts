/** The clocks of a complaint: from its receipt here, and of a transfer also from the receipt there. */
import { ApplicationFailure } from '@temporalio/common';
import { condition } from '@temporalio/workflow';
import type { ComplaintStage, LaterStage } from '../../domain/complaints/complaint-limits';
import { stageKey, stagePromise, type StageClock } from '../../domain/complaints/stage-promises';
import { database } from '../activity-groups';
import type { TaskSpec } from '../building-blocks/task-spec';
import { dueFrom, Owed } from '../building-blocks/owed';
import type { GivenPromise } from '../building-blocks/promises';
import { answered, heedsReadings, isChanged, readAgain, type AnsweredTask, type ComplaintCase } from './complaint-case';

const clocksOf = ({ complaintNo }: ComplaintCase): Promise<readonly StageClock[]> =>
  database('确定各环节期限 how long each stage may take').complaintClocks({ complaintNo });

/** After a reopening the answer is owed anew, from the reopening on, to whoever passed the complaint on too. */
export async function promiseSecondAnswer(it: ComplaintCase, reopenedAt: string): Promise<void> {
  for (const clock of await clocksOf(it))
    if (clock.stage === 'answer') {
      const spec = stagePromise(it.complaint, { ...clock, from: reopenedAt }, 2);
      it.owed.set(spec.businessKey, await Owed.give(it, spec));
    }
}

const LATER_WORDS: Readonly<
  Record<LaterStage, { readonly zh: string; readonly en: string; readonly role: string; readonly side?: 'proprietary' }>
> = {
  pay: { zh: '支付赔付', en: 'pay the compensation', role: 'finance', side: 'proprietary' },
  mediate: { zh: '提供调解', en: 'offer mediation', role: 'service' },
  close: { zh: '结案', en: 'close the complaint', role: 'service' },
};

/** What comes after the decision or the answer is owed too, from the step that it follows. */
export async function oweLater(
  it: ComplaintCase,
  stage: LaterStage,
  of: { readonly key: string; readonly subject: string },
): Promise<Owed> {
  const { zh, en, role, side } = LATER_WORDS[stage];
  const { from, limit } = await database(`确定期限 ${zh} how long it may take: ${en}`).laterClock({
    complaintNo: it.complaintNo,
    stage,
  });
  const { branch } = it.complaint;
  return Owed.give(it, {
    businessKey: of.key,
    receivedAt: from,
    limit,
    step: stage,
    subject: of.subject,
    owner: { role },
    ...(side === undefined ? {} : { side }),
    ...(branch === null ? {} : { branch }),
    ladder: 'PROMISE',
    titleZh: zh,
    titleEn: en,
    otherwise: '到期升级至合规 compliance is told when due',
  });
}

/** A task that is owed by a limit of its own: whoever does it meets the promise. */
export async function doneInTime(it: ComplaintCase, stage: LaterStage, spec: TaskSpec): Promise<AnsweredTask> {
  const owed = await oweLater(it, stage, { key: spec.businessKey, subject: it.complaintNo });
  const task = await answered(it, { ...spec, ...dueFrom(owed) });
  await owed.meet({ by: task.by.person, at: task.at });
  return task;
}

/** The same, unless what people did meanwhile takes its purpose away: then it is neither done nor owed. */
export async function doneUnless(
  it: ComplaintCase,
  stage: LaterStage,
  spec: TaskSpec,
  over: { readonly isOver: () => boolean; readonly cause: string },
): Promise<AnsweredTask | undefined> {
  const owed = await oweLater(it, stage, { key: spec.businessKey, subject: it.complaintNo });
  const task = await it.desk.ask({ ...spec, ...dueFrom(owed) });
  const heeds = heedsReadings();
  while (!task.isDone() && !over.isOver()) {
    await condition(() => task.isDone() || (heeds && over.isOver()) || isChanged(it));
    if (!task.isDone()) await readAgain(it);
  }
  if (!task.isDone()) await it.desk.withdraw(task, over.cause);
  const outcome = await task.answered;
  if (outcome.result !== 'completed') {
    await owed.withdraw(over.cause);
    return undefined;
  }
  await owed.meet({ by: outcome.by.person, at: outcome.at });
  return outcome;
}

/** Until when, where a promise says so. */
export const dueOf = (it: ComplaintCase, key: string): { readonly dueAt?: string } => {
  const owed = it.owed.get(key);
  return owed === undefined ? {} : dueFrom(owed);
};

/** When the answer of the present level is due. */
export const answerDue = (it: ComplaintCase): { readonly dueAt?: string } =>
  dueOf(it, stageKey({ complaintNo: it.complaintNo, clock: 'own', stage: 'answer', level: it.complaint.level }));

const owedFor = (it: ComplaintCase, stage: ComplaintStage): readonly (readonly [string, Owed])[] =>
  [...it.owed].filter(
    ([key]) => key.startsWith(`complaint-${stage}:`) || key.startsWith(`complaint-transfer-${stage}:`),
  );

/** Whether any clock of the answer has run out before it was given. */
export const isAnswerLate = (it: ComplaintCase): boolean => owedFor(it, 'answer').some(([, owed]) => owed.isBreached());

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

/** Whose act stops clocks or lets them run again, and when it was, UTC; of processes of an earlier version it is when they heard of it. */
interface ClockAct {
  readonly by: string;
  readonly at: string | undefined;
}

/**
 * The clocks stand while the complainant must act, from the act that asks on and as far as their bound goes; one that may not stand any
 * more runs on. Whether the answer may wait is what the complainant is told.
 */
export async function stopClocks(
  it: ComplaintCase,
  act: ClockAct,
): Promise<{ readonly stopped: readonly GivenPromise[]; readonly stand: boolean }> {
  const stopped: GivenPromise[] = [];
  let stand = true;
  for (const [key, owed] of it.owed) {
    const given = owed.promise();
    const stands =
      given !== undefined && (await mayBeRefused(given.stop('等待投诉人 waiting for the complainant', act.by, act.at)));
    if (stands) stopped.push(given);
    else if (given !== undefined && isOfAnswer(key)) stand = false;
  }
  return { stopped, stand: stand && stopped.length > 0 };
}

const isOfAnswer = (key: string): boolean =>
  key.startsWith('complaint-answer:') || key.startsWith('complaint-transfer-answer:');

/** The clocks run again from the act on; one whose bound came first runs already. */
export async function resumeClocks(stopped: readonly GivenPromise[], act: ClockAct): Promise<void> {
  for (const given of stopped)
    await mayBeRefused(given.resume('不再等待投诉人 the complainant is waited for no more', act.by, act.at));
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
