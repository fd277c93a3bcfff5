/**
 * The evening: post what the files in force allow, clear it to clients, reconcile, close. What a missing or refused file holds
 * waits for it, everything else goes on; what rests on a file that is no longer in force is taken back first (S18).
 */
import { ApplicationFailure } from '@temporalio/common';
import { condition, patched } from '@temporalio/workflow';
import { COMPARISON, eveningSteps } from '../../domain/settlement/evening-steps';
import { bulk, database, outside } from '../activity-groups';
import { deliverBeside } from '../building-blocks/delivery';
import { refusalWithin } from '../failures';
import { stage, type DayInProgress } from './day-in-progress';
import type { EveningFiles } from './evening-files';
import type { Breaks } from './signed-exceptions';

/**
 * Posts again with each file that comes, until nothing is held, no break is undecided and the day can be closed. Answers when
 * it was closed.
 * @param moneySettled ends when the checkpoints are recorded and no transfer of the day is followed any more
 */
export async function eveningUntilClosed(
  day: DayInProgress,
  files: EveningFiles,
  breaks: Breaks,
  moneySettled: Promise<unknown>,
): Promise<string> {
  const stepsDone = new Set<string>();
  let postedOn = -1;
  let tries = 0;
  for (;;) {
    await condition(() => files.allTaken());
    if (postedOn !== files.acceptedSoFar()) stepsDone.clear();
    postedOn = files.acceptedSoFar();
    const before = files.newsSoFar();

    const { causes, isRefused, verdicts } = await round(day, stepsDone);
    deliverBeside();

    const news = newsSince(files, before);
    if (causes.length > 0) await waitForCure(day, news, causes, isRefused && (tries += 1) <= TRIES);
    else {
      await moneySettled;
      const closedAt = await closedUnlessWaiting(day, news, breaks, verdicts);
      if (closedAt !== undefined) return closedAt;
    }
  }
}

/** What a round has not seen: an act, a term or a file that came since it began, also where the file has its verdict by now. */
interface News {
  readonly hasCome: () => boolean;
  readonly lookAgain: () => void;
}

function newsSince(files: EveningFiles, before: number): News {
  const isCounted = patched('what comes during a round is looked at after it');
  return {
    hasCome: () => !files.allTaken() || (isCounted && files.newsSoFar() > before),
    lookAgain: () => files.lookAgain(),
  };
}

/** What holds the evening, and whether the books refused something that may be cured without a file. */
interface Held {
  readonly causes: readonly string[];
  readonly isRefused: boolean;
}

/** One pass over the evening: what holds it, and how many verdicts about its files it began with. */
interface Round extends Held {
  readonly verdicts?: number | undefined;
}

/** One pass over the evening. What the books refuse before the steps holds all of them, and ends no day. */
async function round(day: DayInProgress, stepsDone: Set<string>): Promise<Round> {
  const { key, workflowId } = day;
  try {
    const { verdicts } = await database('缺失文件 missing files').listMissingFiles(key);
    await bulk('核对文件 compare the files').compareFiles({ ...key, workflowId });
    const { reversed } = await bulk('失效依据冲回 reverse what rests on files no longer in force').reverseEvening(key);
    if (reversed > 0) stepsDone.clear();
    const { held, redo = [] } = await database('可做步骤 what can be done').holdSteps(key);
    for (const step of redo) stepsDone.delete(step);
    return { ...(await postAndReconcile(day, held, stepsDone)), verdicts };
  } catch (error) {
    const refusal = refusalWithin(error);
    if (!(refusal instanceof ApplicationFailure)) throw error;
    await database('核对暂停 comparison held').holdStep({
      ...key,
      workflowId,
      step: COMPARISON,
      cause: refusal.message,
    });
    return { causes: [refusal.type ?? 'REFUSED'], isRefused: true };
  }
}

/** So often what the books refused is tried again by the clock: for three hours as the terms stand, then when something is sent or comes into force. */
const TRIES = 18;

/**
 * Tries to close the day, again with each signed exception; answers when it was closed, undefined where something came first. The
 * books decide, not what the story remembers: a break may be found and signed at the same moment.
 */
async function closedUnlessWaiting(
  day: DayInProgress,
  news: News,
  breaks: Breaks,
  verdicts: number | undefined,
): Promise<string | undefined> {
  while (!news.hasCome()) {
    const { signed } = breaks;
    const end = await database('关闭交收日 close the day').closeDay({
      ...day.key,
      workflowId: day.workflowId,
      verdicts,
    });
    if (end.closedAt !== undefined) return end.closedAt;
    if (end.openBreaks === 0 && end.after === undefined) {
      news.lookAgain(); // A file came in between: it is taken before the day closes.
      return undefined;
    }
    const isWaiting = () => !news.hasCome() && breaks.signed === signed;
    if (end.openBreaks > 0) await waitForExceptions(day, end.openBreaks, isWaiting);
    else await waitForDayBefore(day, end.after ?? '', isWaiting);
  }
  return undefined;
}

/** Until a file comes or a term comes into force; where the books or a system outside refused, another try by the clock. */
async function waitForCure(
  day: DayInProgress,
  news: News,
  causes: readonly string[],
  againByClock: boolean,
): Promise<void> {
  if (news.hasCome()) return;
  await stage(day, '等待文件', 'held by files');
  const waitsNoMore = day.waiting.on({
    who: '中国结算 clearing house',
    whatZh: `暂停原因：${causes.join('; ')}`,
    whatEn: 'to send what holds the steps',
  });
  if (againByClock) {
    const { opened, clock } = day;
    const next = clock.nextOf(opened.at.posting, opened.stepAgainAfterMinutes);
    const ended = await clock.waitUntil(next, news.hasCome, '再次尝试被拒绝的步骤 try again what was refused');
    if (ended === 'due') news.lookAgain();
  } else await condition(news.hasCome);
  waitsNoMore();
}

async function waitForExceptions(day: DayInProgress, openBreaks: number, isWaiting: () => boolean): Promise<void> {
  await stage(day, '等待例外签署', 'waiting for signed exceptions');
  const waitsNoMore = day.waiting.on({
    who: 'supervisor',
    role: 'supervisor',
    whatZh: `签署 ${openBreaks} 个差异的例外`,
    whatEn: `to sign exceptions for ${openBreaks} breaks`,
  });
  await condition(() => !isWaiting());
  waitsNoMore();
}

/** Days close in their order: what is corrected on an open one is still corrected on those after it. */
async function waitForDayBefore(day: DayInProgress, before: string, isWaiting: () => boolean): Promise<void> {
  await stage(day, '等待前一日关闭', 'waiting for the day before to close');
  const who = `交收日 settlement day ${before}`;
  const waitsNoMore = day.waiting.on({ who, whatZh: '关闭', whatEn: 'to be closed' });
  await condition(() => !isWaiting());
  waitsNoMore();
}

/**
 * The order of the evening (S18). A step is done once, unless a file was replaced. Answers what holds the evening.
 */
async function postAndReconcile(
  day: DayInProgress,
  heldByFiles: Readonly<Record<string, string>>,
  stepsDone: Set<string>,
): Promise<Held> {
  const { key, workflowId } = day;
  const { step, isHeld, causes, isRefused } = stepsOf(day, heldByFiles, stepsDone);

  await stage(day, '入账', 'posting');
  await step('account movements', async () => {
    await bulk('备付金变动入账 account movements').postAccountMovements(key);
    await database('核对划款指令 match the transfers').matchTransfers(key);
  });
  await step('client cash', () => bulk('客户存取入账 deposits and withdrawals').postClientCash(key));
  await step('trades', () => bulk('交收成交清算至客户 clear settled trades').clearTrades(key));
  await step('portfolio fee', () => bulk('证券组合费扣收 portfolio fee').clearPortfolioFee(key));
  await step('entitlements', () => bulk('红利与收购款入账 entitlements').clearEntitlements(key));
  await step('share movements', () => bulk('证券变动入账 share movements').postShareMovements(key));
  await step('repayments', () => bulk('归还垫付 repay advances').repayAdvances(key));

  await step('pre-clearing', async () => {
    await bulk('成交预清算 pre-clear trades').preClearTrades(key);
    await outside('冻结调整 correct the freezes').sendFreezeCorrections(key);
  });
  await step('client figures', async () => {
    await bulk('客户资金 client figures').recordClientFigures(key);
    await bulk('通知补款 tell clients to pay in').tellNegativeClients({ ...key, workflowId });
  });
  await step('overdrafts', () => bulk('透支清单 list overdrafts').listOverdrafts({ ...key, workflowId }));

  await step('own portfolio fee', async () => {
    await bulk('自算证券组合费 own portfolio fee').computePortfolioFees(key);
    await bulk('核对证券组合费 compare portfolio fee').comparePortfolioFees(key);
  });
  await step('risk money', () => bulk('差额缴款与按金 risk money').computeRiskMoney(key));
  await step('forecast', () => database('头寸预测 forecast').forecastFunding(key));

  await stage(day, '核对', 'reconciling');
  await step('reconciliation', () => bulk('账务核对 reconcile').reconcileDay({ ...key, workflowId }));
  await database('已完成步骤 steps done').recordStepsDone({ ...key, steps: [...stepsDone] });
  await day.missingTerms.entered(day, (name) => isHeld(name) || !stepsDone.has(name));
  return { causes: causes(), isRefused: isRefused() };
}

/** A step that the books refuse is held with its cause and told, and those after it with it; the others go on. */
function stepsOf(day: DayInProgress, heldByFiles: Readonly<Record<string, string>>, stepsDone: Set<string>) {
  const { key, workflowId } = day;
  const held = new Map(Object.entries(heldByFiles));
  let refused = false;
  const causeOf = (name: string) =>
    held.get(name) ??
    eveningSteps
      .find(({ step }) => step === name)
      ?.after.map((before) => held.get(before))
      .find((cause) => cause !== undefined);
  const step = async (name: string, act: () => Promise<unknown>) => {
    const cause = causeOf(name);
    if (cause !== undefined) held.set(name, cause);
    if (cause !== undefined || stepsDone.has(name)) return;
    try {
      await act();
      stepsDone.add(name);
    } catch (error) {
      const refusal = refusalWithin(error);
      if (!(refusal instanceof ApplicationFailure)) throw error;
      refused = true;
      held.set(name, refusal.type ?? 'REFUSED');
      await database(`步骤暂停 ${name} step held`).holdStep({ ...key, workflowId, step: name, cause: refusal.message });
      await day.missingTerms.ask(day, name, refusal);
    }
  };
  return {
    step,
    isHeld: (name: string) => held.has(name),
    causes: () => [...new Set(held.values())],
    isRefused: () => refused,
  };
}
