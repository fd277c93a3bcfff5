/**
 * The evening: post what the files in force allow, clear it to clients, reconcile, close. What a missing or refused file holds
 * waits for it, everything else goes on; what rests on a file that is no longer in force is taken back first (S18).
 */
import { ApplicationFailure } from '@temporalio/common';
import { condition } from '@temporalio/workflow';
import { eveningSteps } from '../../domain/settlement/evening-steps';
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
  const { key, workflowId } = day;
  const stepsDone = new Set<string>();
  let postedOn = -1;
  for (;;) {
    await condition(() => files.allTaken());
    if (postedOn !== files.acceptedSoFar()) stepsDone.clear();
    postedOn = files.acceptedSoFar();

    await database('缺失文件 missing files').listMissingFiles(key);
    await bulk('核对文件 compare the files').compareFiles({ ...key, workflowId });
    const { reversed } = await bulk('失效依据冲回 reverse what rests on files no longer in force').reverseEvening(key);
    if (reversed > 0) stepsDone.clear();
    const { held } = await database('可做步骤 what can be done').holdSteps(key);
    const causes = await postAndReconcile(day, held, stepsDone, breaks);
    deliverBeside();

    const decided = () => causes.length === 0 && breaks.open === 0;
    if (!decided() && files.allTaken()) await waitForFilesOrExceptions(day, files, breaks, causes, decided);
    if (!decided() || !files.allTaken()) continue;
    await moneySettled;
    const { closedAt } = await database('关闭交收日 close the day').closeDay({ ...key, workflowId });
    if (closedAt !== undefined) return closedAt;
    files.lookAgain(); // A file came in between: it is taken before the day closes.
  }
}

async function waitForFilesOrExceptions(
  day: DayInProgress,
  files: EveningFiles,
  breaks: Breaks,
  causes: readonly string[],
  decided: () => boolean,
): Promise<void> {
  const byFiles = causes.length > 0;
  await stage(day, byFiles ? '等待文件' : '等待例外签署', byFiles ? 'held by files' : 'waiting for signed exceptions');
  const waitsNoMore = day.waiting.on(
    byFiles
      ? {
          who: '中国结算 clearing house',
          whatZh: `暂停原因：${causes.join('; ')}`,
          whatEn: 'to send what holds the steps',
        }
      : {
          who: 'supervisor',
          role: 'supervisor',
          whatZh: `签署 ${breaks.open} 个差异的例外`,
          whatEn: `to sign exceptions for ${breaks.open} breaks`,
        },
  );
  await condition(() => !files.allTaken() || decided());
  waitsNoMore();
}

/**
 * The order of the evening (S18). A step is done once, unless a file was replaced. Answers what holds the evening.
 */
async function postAndReconcile(
  day: DayInProgress,
  heldByFiles: Readonly<Record<string, string>>,
  stepsDone: Set<string>,
  breaks: Breaks,
): Promise<readonly string[]> {
  const { key, workflowId } = day;
  const { step, causes } = stepsOf(day, heldByFiles, stepsDone);

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
  await step('reconciliation', async () => {
    breaks.open = (await bulk('账务核对 reconcile').reconcileDay({ ...key, workflowId })).openBreaks;
  });
  await database('已完成步骤 steps done').recordStepsDone({ ...key, steps: [...stepsDone] });
  return causes();
}

/** A step that the books refuse is held with its cause and told, and those after it with it; the others go on. */
function stepsOf(
  { key, workflowId }: DayInProgress,
  heldByFiles: Readonly<Record<string, string>>,
  stepsDone: Set<string>,
) {
  const held = new Map(Object.entries(heldByFiles));
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
      held.set(name, refusal.type ?? 'REFUSED');
      await database(`步骤暂停 ${name} step held`).holdStep({ ...key, workflowId, step: name, cause: refusal.message });
    }
  };
  return { step, causes: () => [...new Set(held.values())] };
}
