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
import { setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import { Breached, Rehearsal } from './messages/search-attributes';
import { planChanged, settlementDayStatus, type SettlementDayInput } from './messages/settlement-day';
import { moneyInTime, settleEndOfDay, settleIntraday } from './settlement-day/checkpoints';
import { moveCommission } from './settlement-day/commission';
import { beside, bothSides, stage, type DayInProgress } from './settlement-day/day-in-progress';
import { eveningUntilClosed } from './settlement-day/evening';
import { EveningBefore } from './settlement-day/evening-before';
import { EveningFiles } from './settlement-day/evening-files';
import { fund, fundingDeadlines } from './settlement-day/funding';
import { notFunded } from './settlement-day/funding-progress';
import { MissingTerms } from './settlement-day/missing-terms';
import { openExceptions } from './settlement-day/signed-exceptions';
import { StepsByHand } from './settlement-day/steps-by-hand';

export async function settlementDay({
  channel,
  businessDate,
}: SettlementDayInput): Promise<{ readonly businessDate: string; readonly closedAt: string }> {
  const { workflowId } = workflowInfo();
  const key = { channel, businessDate };
  const waiting = openWaiting({ zh: `交收日 ${businessDate}`, en: `settlement day ${channel}` });
  const desk = TaskDesk.open(waiting);
  // What is waited for by then is on the list already, order by order and file by file.
  const promises = Promises.open();
  const files = EveningFiles.open();
  const before = EveningBefore.open();
  const breaks = openExceptions(key);
  const byHand = StepsByHand.open();
  const planChanges = { client: 0, proprietary: 0 };
  setHandler(planChanged, (side) => void (planChanges[side] += 1), { description: '头寸计划已变 a plan has changed' });
  setHandler(settlementDayStatus, () => ({
    stage: waiting.currentStage(),
    waitsFor: waiting.list().map(({ who, whatEn }) => `${who}: ${whatEn}`),
  }));

  const clock = await BusinessClock.open();
  const opened = await database('开启交收日 open the day').openDay({ ...key, workflowId });
  const day: DayInProgress = {
    ...{ workflowId, key, opened, clock, waiting, desk, promises, planChanges },
    missingTerms: new MissingTerms(),
    intradayBegun: false,
    bankingOver: false,
  };
  const { at } = opened;
  upsertSearchAttributes([
    { key: Rehearsal, value: opened.rehearsal },
    { key: Breached, value: false },
  ]);
  const filesTaken = beside(
    day,
    'files',
    files.take(day, () => breaks.dayClosed),
  );
  const stepsByHand = byHand.follow(day, () => breaks.dayClosed);
  const fileAlarms = beside(
    day,
    'file deadlines',
    files.deadlines(day, () => breaks.dayClosed),
  );

  await stage(day, '晨间头寸', 'morning funding');
  const advances = beside(day, 'advances', before.advanceOverdrafts(day));
  const funding = { client: notFunded(), proprietary: notFunded() };
  // Money moves beside the story: a bank or CCNET that does not answer holds up neither the other side nor the evening.
  const money = [
    beside(day, 'commission', moveCommission(day)),
    bothSides((side) => beside(day, `funding ${side}`, fund(day, side, funding[side]))),
    bothSides((side) => beside(day, `funding deadlines ${side}`, fundingDeadlines(day, side, funding[side]))),
  ];

  await clock.waitUntil(at.fundingDeadline, never, '10:00 到账时限 money must be in');
  money.push(bothSides((side) => beside(day, `10:00 ${side}`, moneyInTime(day, side))));

  await clock.waitUntil(at.intradayCheckpoint, never, '10:30 日间交收 intraday batch');
  day.intradayBegun = true;
  await stage(day, '日间交收', 'after the 10:30 batch');
  money.push(bothSides((side) => beside(day, `10:30 ${side}`, settleIntraday(day, side, funding[side]))));

  await clock.waitUntil(at.endOfDayCheckpoint, never, '18:00 日终交收 end-of-day batch');
  await stage(day, '日终交收', 'after the 18:00 batch');
  day.bankingOver = true;
  money.push(bothSides((side) => beside(day, `18:00 ${side}`, settleEndOfDay(day, side))));

  await stage(day, '等待晚间文件', 'waiting for the evening files');
  await clock.waitUntil(at.posting, never, '20:00 入账 posting starts');
  if (!before.isAdvanced()) await stage(day, '等待前一日入账', 'waiting for the day before');
  await advances;
  const closedAt = await eveningUntilClosed(day, files, breaks, Promise.all(money));

  breaks.dayClosed = true;
  await day.missingTerms.entered(day);
  waiting.stage('已关闭', 'closed');
  leaveToDispatcher();
  await Promise.all([filesTaken, fileAlarms, stepsByHand]);
  await desk.closing();
  return { businessDate, closedAt };
}

const never = () => false;
