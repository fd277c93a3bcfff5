/**
 * The settlement day of one channel, both sides in it: `settlement-day:SH:2025-06-23`.
 *
 *   open the day -> advance yesterday's overdrafts -> plan, approve and send the funding of each side
 *   -> 10:00 money in? -> 10:30 settled or default; surplus drawn back -> 18:00 fee and receivables
 *   -> evening files -> post and clear to clients -> reconcile -> [exceptions] -> close
 *
 * Files come all day and are taken beside the story. A missing or refused file holds the steps that need it, only those.
 * Rows stay in the database; the history carries counts and totals, so its length does not grow with the day's volume.
 */
import { ApplicationFailure } from '@temporalio/common';
import { condition, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { OrderAnswer } from '../activities/orders/ask-order';
import type { DraftedOrder } from '../activities/orders/draft-order';
import { SIDES, type Side } from '../domain/channel';
import { eveningSteps } from '../domain/settlement/evening-steps';
import { bulk, database, outside } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { deliverBeside } from './building-blocks/delivery';
import { APPROVAL_FORM } from './building-blocks/approval';
import { TaskDesk } from './building-blocks/human-task';
import { climbLadder } from './building-blocks/ladder';
import { approvedOrder, followedOrder, sentOrder, type MoneyOrderSpec } from './building-blocks/money-order';
import { openWaiting } from './building-blocks/waiting';
import { businessFailure, refusalWithin } from './failures';
import { Breached, Rehearsal } from './messages/search-attributes';
import {
  eveningBeforePosted,
  filesArrived,
  settlementDayStatus,
  signException,
  type SettlementDayInput,
  type SignException,
} from './messages/settlement-day';

const NAME_OF = {
  client: { zh: '客户侧', en: 'client side', role: 'operations', ladder: 'FUNDING_CLIENT' },
  proprietary: { zh: '自营侧', en: 'proprietary side', role: 'finance', ladder: 'FUNDING_PROPRIETARY' },
} as const;

/** How far the funding of a side has come; the deadline ladder looks at it. */
interface FundingProgress {
  planReady: boolean;
  approvedBy: string;
  moneyIn: boolean;
  order?: DraftedOrder;
}

export async function settlementDay({
  channel,
  businessDate,
}: SettlementDayInput): Promise<{ readonly businessDate: string; readonly closedAt: string }> {
  const { workflowId } = workflowInfo();
  const key = { channel, businessDate };
  const keyed = { ...key, workflowId };
  const waiting = openWaiting({ zh: `交收日 ${businessDate}`, en: `settlement day ${channel}` });
  const desk = TaskDesk.open(waiting);
  const funding: Record<Side, FundingProgress> = {
    client: { planReady: false, approvedBy: '', moneyIn: false },
    proprietary: { planReady: false, approvedBy: '', moneyIn: false },
  };
  let arrived = true; // Files that came before the day was opened are looked for at once.
  let takingFiles = false;
  let awaitedFiles = Number.POSITIVE_INFINITY;
  let replaced = false;
  let posting = false;
  let bankingOver = false;
  let closed = false;
  let openBreaks = 0;
  let beforePosted = false;
  let overdraftsAdvanced = false;
  const stepsDone = new Set<string>();

  setHandler(filesArrived, () => {
    arrived = true;
  });
  setHandler(eveningBeforePosted, () => {
    beforePosted = true;
  });
  setHandler(settlementDayStatus, () => ({
    stage: waiting.currentStage(),
    waitsFor: waiting.list().map(({ who, whatEn }) => `${who}: ${whatEn}`),
  }));
  setHandler(
    signException,
    async (given) => {
      try {
        const signed = await database('签署例外 sign an exception').recordException({ ...key, ...given });
        openBreaks = signed.openBreaks;
        return signed;
      } catch (error) {
        throw refusalWithin(error);
      }
    },
    {
      validator: (given: SignException) => {
        if (closed) throw businessFailure('DAY_CLOSED', { date: businessDate });
        if (given.role !== 'supervisor') throw businessFailure('EXCEPTION_NEEDS_SUPERVISOR', {});
      },
    },
  );

  const clock = await BusinessClock.open();
  const day = await database('开启交收日 open the day').openDay({ ...key, workflowId });
  upsertSearchAttributes([
    { key: Rehearsal, value: day.rehearsal },
    { key: Breached, value: false },
  ]);
  const files = takeFiles();
  const fileLadder = fileDeadlines();

  await stage('晨间头寸', 'morning funding');
  const advances = advanceOverdrafts();
  const moneyMoved = [moveCommission(), ...SIDES.flatMap((side) => [fund(side), fundingDeadlines(side)])];

  await clock.waitUntil(day.at.fundingDeadline, never, '10:00 到账时限 money must be in');
  await Promise.all(SIDES.map((side) => checkpoint(side, '10:00')));

  await clock.waitUntil(day.at.intradayCheckpoint, never, '10:30 日间交收 intraday batch');
  await stage('日间交收', 'after the 10:30 batch');
  moneyMoved.push(...SIDES.map((side) => settleIntraday(side)));

  await clock.waitUntil(day.at.endOfDayCheckpoint, never, '18:00 日终交收 end-of-day batch');
  await stage('日终交收', 'after the 18:00 batch');
  await Promise.all(SIDES.map((side) => checkpoint(side, '18:00')));
  bankingOver = true;
  await endOfBanking();

  await stage('等待晚间文件', 'waiting for the evening files');
  await clock.waitUntil(day.at.posting, never, '20:00 入账 posting starts');
  if (!overdraftsAdvanced) await stage('等待前一日入账', 'waiting for the day before');
  await advances;
  const closedAt = await eveningUntilClosed();
  closed = true;
  waiting.stage('已关闭', 'closed');
  deliverBeside();
  await Promise.all([files, fileLadder]);
  await desk.closing();
  return { businessDate, closedAt };

  // ------------------------------------------------------------------------------------------- money of the morning

  /** The side's plan; with an amount below zero the order, its approval, the bank, until the money is in. */
  async function fund(side: Side): Promise<void> {
    const progress = funding[side];
    const { zh, en, role } = NAME_OF[side];
    const plan = () => database(`头寸计划 ${zh} funding plan, ${en}`).planFunding({ ...key, side });
    const { amountFen } = await plan();
    progress.planReady = true;
    if (BigInt(amountFen) >= 0n) {
      progress.moneyIn = true;
      return;
    }
    const spec: MoneyOrderSpec = {
      ...order(side, 'FUND'),
      makeKind: 'make-funding-order',
      titleZh: `${zh}划入备付金`,
      titleEn: `fund the reserve account, ${en}`,
      role,
      dueAt: day.at.fundingDeadline,
      otherwise: '10:00 严重告警并提供应急通道 critical alarm at 10:00, emergency channel offered',
      amount: async () => {
        const newest = await plan();
        return { amountFen: (-BigInt(newest.amountFen)).toString(), figureId: newest.figureId };
      },
    };
    for (let attempt = 1; !bankingOver; attempt += 1) {
      const approved = await approvedOrder(desk, { ...spec, firstAttempt: attempt });
      if (approved === undefined) return;
      attempt = approved.revision;
      progress.approvedBy = approved.approvedBy;
      progress.order = approved;
      const sentAt = await sentOrder(spec, approved);
      if (sentAt === undefined) continue; // The bank refused: made anew.
      const end = await followedOrder(clock, waiting, spec, approved, {
        from: sentAt,
        everyMinutes: day.bankAskAgainAfterMinutes,
        lastLook: justBefore(day.at.fundingDeadline),
        arrived: () => arrivedInReserve(side, approved),
      });
      if (end === 'refused') continue; // Accepted and refused later: made anew.
      progress.moneyIn = end === 'moved';
      return;
    }
  }

  /** Money counts as in when CCNET shows it in the reserve account; while it does not, the bank is asked again. */
  async function arrivedInReserve(side: Side, sent: DraftedOrder): Promise<OrderAnswer> {
    const { movements } = await outside(`查备付金 ${NAME_OF[side].zh} is the money in`).readReserveAccount({
      channel,
      side,
    });
    const at = movements.find((movement) => movement.business === 'ZR' && movement.amountFen === sent.amountFen)?.at;
    if (at !== undefined) return { state: 'executed', executedAt: at };
    const answer = await outside(`催问银行 ${NAME_OF[side].zh} ask the bank again`).askOrder(sent);
    return answer.state === 'refused' ? answer : { state: 'under way' };
  }

  /** 08:30 plan, 09:15 approver, 09:30 deputy, 09:45 head, 10:00 alarm and the offer of the emergency channel. */
  async function fundingDeadlines(side: Side): Promise<void> {
    const { ladder, zh, en } = NAME_OF[side];
    const progress = funding[side];
    const rungs = await database(`期限表 ${zh} deadline ladder, ${en}`).loadLadder({ ladder, ...key });
    await climbLadder(clock, {
      ladder,
      subject: `${channel}:${businessDate}:${side}`,
      rungs,
      reached: (what) =>
        progress.moneyIn ||
        (what === 'plan ready' && progress.planReady) ||
        (what === 'order approved' && progress.approvedBy !== ''),
      by: () => (progress.approvedBy === '' ? 'southbound' : progress.approvedBy),
      onMissed: ({ condition: missed }) => {
        if (missed === 'money in reserve') moneyMoved.push(offerEmergencyChannel(side));
        return Promise.resolve();
      },
    });
  }

  /** One click of the head sends the approved order through the second channel, under its own key: never paid twice. */
  async function offerEmergencyChannel(side: Side): Promise<void> {
    const { zh, en, role } = NAME_OF[side];
    const progress = funding[side];
    const offer = await desk.ask({
      businessKey: `emergency:${channel}:${businessDate}:${side}`,
      kind: 'emergency-channel',
      titleZh: `${zh}启用应急划款通道`,
      titleEn: `use the emergency channel, ${en}`,
      role,
      mark: 'head',
      side,
      form: APPROVAL_FORM,
      facts: { side, businessDate, order: progress.order?.orderKey ?? 'not approved' },
      revision: 1,
    });
    await condition(() => offer.isDone() || progress.moneyIn || bankingOver);
    const outcome = offer.outcome();
    if (outcome?.result !== 'completed')
      await desk.withdraw(offer, '资金已到账或批次已过 the money is in, or the batches are over');
    else if (outcome.form['decision'] === 'approve' && progress.order !== undefined) {
      await outside(`应急划款 ${zh} emergency channel, ${en}`).sendOrder(progress.order);
    }
  }

  /** Yesterday's earned commission leaves the client deposit account by one approved order (S5). */
  async function moveCommission(): Promise<void> {
    const { order: earlier } = await database('未达佣金指令 commission order under way').openCommissionOrder(key);
    if (earlier !== undefined) {
      const answer = await outside('询问前一日佣金划款 ask about the earlier order').askOrder(earlier);
      if (answer.state === 'executed' || answer.state === 'refused') {
        await database('登记佣金划款 record the earlier order').recordOrderProgress({
          ...keyed,
          order: earlier,
          state: answer.state === 'executed' ? 'executed' : 'rejected outside',
          ...(answer.executedAt === undefined ? {} : { executedAt: answer.executedAt }),
        });
      }
    }
    const spec: MoneyOrderSpec = {
      ...order('client', 'COMMISSION'),
      makeKind: 'make-commission-order',
      titleZh: '佣金划至自有资金账户',
      titleEn: 'move earned commission to the own bank account',
      role: NAME_OF.client.role,
      amount: async () => ({ amountFen: (await database('待划佣金 commission due').commissionDue(key)).dueFen }),
    };
    const approved = await approvedOrder(desk, spec);
    const sentAt = approved === undefined ? undefined : await sentOrder(spec, approved);
    if (approved === undefined || sentAt === undefined) return;
    await followedOrder(clock, waiting, spec, approved, {
      from: sentAt,
      everyMinutes: day.bankAskAgainAfterMinutes,
      arrived: () => outside('询问佣金划款 ask the bank').askOrder(approved),
    });
  }

  // -------------------------------------------------------------------------------------------------- checkpoints

  /** What the clearing house says, recorded; a default is recorded with it, an older one covered when it is covered. */
  async function checkpoint(side: Side, at: '10:00' | '10:30' | '18:00') {
    const { zh, en } = NAME_OF[side];
    const reading = await outside(`${at} 查备付金 ${zh} read the reserve account, ${en}`).readReserveAccount({
      channel,
      side,
    });
    const result = await database(`${at} 检查点 ${zh} checkpoint, ${en}`).recordCheckpoint({
      ...key,
      workflowId,
      side,
      checkpoint: at,
      fundingDeadline: day.at.fundingDeadline,
      intradayAt: day.at.intradayCheckpoint,
      reading,
    });
    if (at !== '10:00')
      await database(`违约补足 ${zh} cover defaults, ${en}`).coverDefaults({
        ...key,
        side,
        balanceFen: result.balanceFen,
      });
    deliverBeside();
    return { ...result, reading };
  }

  /** Settled: a surplus goes back to the bank. Default: its cause is found, and it is followed until covered. */
  async function settleIntraday(side: Side): Promise<void> {
    const { missingFen, reading } = await checkpoint(side, '10:30');
    if (BigInt(missingFen) > 0n) await followDefault(side);
    else await drawBack(side, reading.withdrawableFen);
  }

  async function followDefault(side: Side): Promise<void> {
    const { zh, en, role } = NAME_OF[side];
    const before = await database(`违约原因 ${zh} recompute, ${en}`).planFunding({ ...key, side });
    const cause =
      before.revision > 1 ? 'the amount was computed from incomplete figures' : 'the transfer did not arrive in time';
    const call = await desk.ask({
      businessKey: `call-bank:${channel}:${businessDate}:${side}`,
      kind: 'call-bank',
      titleZh: `${zh}致电银行催办划款`,
      titleEn: `call the bank about the transfer, ${en}`,
      role,
      side,
      form: {
        version: 1,
        schema: { type: 'object', required: ['answer'], properties: { answer: { type: 'string', minLength: 1 } } },
      },
      facts: { side, businessDate, cause },
      revision: 1,
    });
    const covered = waiting.on({
      who: '银行 bank',
      whatZh: `${zh}补足违约缺口`,
      whatEn: `to cover the default, ${en}`,
      dueAt: day.at.endOfDayCheckpoint,
    });
    for (let nth = 1; !bankingOver; nth += 1) {
      const next = new Date(
        Date.parse(day.at.intradayCheckpoint) + nth * day.bankAskAgainAfterMinutes * 60_000,
      ).toISOString();
      await clock.waitUntil(next, () => bankingOver, `跟踪违约 ${zh} follow the default, ${en}`);
      const { balanceFen } = await outside(`查备付金 ${zh} is the default covered`).readReserveAccount({
        channel,
        side,
      });
      const { open } = await database(`违约补足 ${zh} cover the default, ${en}`).coverDefaults({
        ...key,
        side,
        balanceFen,
        cause,
      });
      if (open === 0) break;
    }
    covered();
    await desk.withdraw(call, '违约已补足或批次已过 covered, or the batches are over');
  }

  /** min(amount, withdrawable) goes back to the side's own bank account, likewise with approval (A4 §8, S13). */
  async function drawBack(side: Side, withdrawableFen: string): Promise<void> {
    const { zh, en, role } = NAME_OF[side];
    const spec: MoneyOrderSpec = {
      ...order(side, 'DRAW_BACK'),
      makeKind: 'make-draw-back-order',
      titleZh: `${zh}备付金划回`,
      titleEn: `draw back from the reserve account, ${en}`,
      role,
      amount: () =>
        database(`可划回金额 ${zh} amount to draw back, ${en}`).drawBackAmount({ ...key, side, withdrawableFen }),
    };
    const approved = await approvedOrder(desk, spec);
    const sentAt = approved === undefined ? undefined : await sentOrder(spec, approved);
    if (approved === undefined || sentAt === undefined) return;
    await followedOrder(clock, waiting, spec, approved, {
      from: sentAt,
      everyMinutes: day.bankAskAgainAfterMinutes,
      arrived: () => outside(`询问划回 ${zh} ask CCNET`).askOrder(approved),
    });
  }

  // ------------------------------------------------------------------------------------------------------- evening

  /** Yesterday's overdrafts are known, and this evening can be posted, once the evening before is posted. */
  async function advanceOverdrafts(): Promise<void> {
    for (;;) {
      beforePosted = false;
      const { unposted } = await database('前一日入账 is the evening before posted').eveningBefore(key);
      if (unposted === undefined) break;
      const waitsNoMore = waiting.on({
        who: `交收日 settlement day ${unposted}`,
        whatZh: '入账',
        whatEn: 'to be posted',
      });
      await condition(() => beforePosted);
      waitsNoMore();
    }
    await database('垫付昨日透支 advance overdrafts').advanceOverdrafts(key);
    overdraftsAdvanced = true;
  }

  /** Takes every file as it arrives, whatever the story waits for. */
  async function takeFiles(): Promise<void> {
    for (;;) {
      await condition(() => arrived || closed);
      if (closed) return;
      arrived = false;
      takingFiles = true;
      for (const file of await database('新到文件 new files').listNewFiles(key)) {
        const receipt = await bulk(`收取文件 receive ${file.name}`).receiveFile({ fileId: file.fileId, workflowId });
        awaitedFiles = receipt.awaited;
        if (receipt.state === 'accepted' && posting) replaced = true;
        if (receipt.state === 'refused') deliverBeside();
      }
      takingFiles = false;
    }
  }

  /** 20:00 and 21:00: missing files raise an alarm. */
  async function fileDeadlines(): Promise<void> {
    const rungs = await database('文件期限表 file deadlines').loadLadder({ ladder: 'FILES', ...key });
    await climbLadder(clock, {
      ladder: 'FILES',
      subject: `${channel}:${businessDate}`,
      rungs,
      reached: () => awaitedFiles === 0,
      by: () => 'clearing house',
    });
  }

  /**
   * Posts what the files in force allow, again with each file that comes, until nothing is held, no break is undecided and the
   * day can be closed. What rests on a file that is no longer in force is taken back first.
   */
  async function eveningUntilClosed(): Promise<string> {
    for (;;) {
      await condition(() => !arrived && !takingFiles);
      posting = true;
      if (replaced) {
        replaced = false;
        stepsDone.clear();
      }
      await database('缺失文件 missing files').listMissingFiles(key);
      await bulk('核对文件 compare the files').compareFiles(keyed);
      const { reversed } = await bulk('失效依据冲回 reverse what rests on files no longer in force').reverseEvening(
        key,
      );
      if (reversed > 0) stepsDone.clear();
      const { held } = await database('可做步骤 what can be done').holdSteps(key);
      const causes = await evening(held);
      deliverBeside();

      const decided = () => causes.length === 0 && openBreaks === 0;
      if (!decided() && !arrived && !takingFiles) await waitForFilesOrExceptions(causes, decided);
      if (!decided() || arrived || takingFiles) continue;
      const { closedAt } = await database('关闭交收日 close the day').closeDay(keyed);
      if (closedAt !== undefined) return closedAt;
      arrived = true; // A file came in between: it is taken before the day closes.
    }
  }

  async function waitForFilesOrExceptions(causes: readonly string[], decided: () => boolean): Promise<void> {
    const byFiles = causes.length > 0;
    await stage(byFiles ? '等待文件' : '等待例外签署', byFiles ? 'held by files' : 'waiting for signed exceptions');
    const waitsNoMore = waiting.on(
      byFiles
        ? {
            who: '中国结算 clearing house',
            whatZh: `暂停原因：${causes.join('; ')}`,
            whatEn: 'to send what holds the steps',
          }
        : {
            who: 'supervisor',
            role: 'supervisor',
            whatZh: `签署 ${openBreaks} 个差异的例外`,
            whatEn: `to sign exceptions for ${openBreaks} breaks`,
          },
    );
    await condition(() => arrived || takingFiles || decided());
    waitsNoMore();
  }

  /**
   * The order of the evening (S18); a step is done once, unless a file behind it was replaced. A step that the books refuse is
   * held with its cause and told, and those after it with it. Answers what holds the evening.
   */
  async function evening(heldByFiles: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const held = new Map(Object.entries(heldByFiles));
    const step = async (name: string, act: () => Promise<unknown>) => {
      const cause =
        held.get(name) ??
        after(name)
          .map((before) => held.get(before))
          .find((one) => one !== undefined);
      if (cause !== undefined) held.set(name, cause);
      if (cause !== undefined || stepsDone.has(name)) return;
      try {
        await act();
        stepsDone.add(name);
      } catch (error) {
        const refusal = refusalWithin(error);
        if (!(refusal instanceof ApplicationFailure)) throw error;
        held.set(name, refusal.type ?? 'REFUSED');
        await database(`步骤暂停 ${name} step held`).holdStep({ ...keyed, step: name, cause: refusal.message });
      }
    };
    await stage('入账', 'posting');
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
      await bulk('通知补款 tell clients to pay in').tellNegativeClients(keyed);
    });
    await step('overdrafts', () => bulk('透支清单 list overdrafts').listOverdrafts(keyed));

    await step('own portfolio fee', async () => {
      await bulk('自算证券组合费 own portfolio fee').computePortfolioFees(key);
      await bulk('核对证券组合费 compare portfolio fee').comparePortfolioFees(key);
    });
    await step('risk money', () => bulk('差额缴款与按金 risk money').computeRiskMoney(key));
    await step('forecast', () => database('头寸预测 forecast').forecastFunding(key));

    await stage('核对', 'reconciling');
    await step('reconciliation', async () => {
      ({ openBreaks } = await bulk('账务核对 reconcile').reconcileDay(keyed));
    });
    await database('已完成步骤 steps done').recordStepsDone({ ...key, steps: [...stepsDone] });
    return [...new Set(held.values())];
  }

  /** What was asked of people for the day's transfers is withdrawn; what is under way with bank and CCNET is let go. */
  async function endOfBanking(): Promise<void> {
    let moved = false;
    const all = Promise.all(moneyMoved).then(() => {
      moved = true;
    });
    await desk.withdrawUntil(() => moved, '18:00 交收批次已过 the last batch of the day is over');
    await all;
  }

  // --------------------------------------------------------------------------------------------------------- names

  async function stage(zh: string, en: string): Promise<void> {
    waiting.stage(zh, en);
    await database(`阶段 ${zh} stage: ${en}`).recordStage({ ...key, stage: en });
  }

  /** A transfer of the day; its purpose ends with the last batch. */
  function order(side: Side, kind: MoneyOrderSpec['kind']) {
    return { workflowId, channel, businessDate, side, kind, over: () => bankingOver };
  }
}

const never = () => false;

/** The last second before an instant: money that came in time is seen before its deadline is judged. */
const justBefore = (at: string): string => new Date(Date.parse(at) - 1_000).toISOString();

/** Steps that a step of the evening rests on. */
const after = (name: string): readonly string[] => eveningSteps.find(({ step }) => step === name)?.after ?? [];
