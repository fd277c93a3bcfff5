/**
 * The clearing house's results: is the money in at 10:00, did the batches of 10:30 and 18:00 settle. Settled, a surplus goes back
 * to the bank; in default, its cause is found and it is followed until it is covered (A4 §20, §41; S13, S14).
 */
import { patched } from '@temporalio/workflow';
import type { ExplainedDefault } from '../../activities/settlement/explain-default';
import type { ReserveReading } from '../../activities/settlement/read-reserve-account';
import type { CheckpointResult } from '../../activities/settlement/record-checkpoint';
import { minutesAfter } from '../../domain/calendar/instants';
import type { Side } from '../../domain/channel';
import { lessUnderWayFen, orderedTransfers, transfersIn } from '../../domain/settlement/transfers';
import { database, outside } from '../activity-groups';
import { deliverBeside } from '../building-blocks/delivery';
import { approvedOrder, sentAndFollowed, type MoneyOrderSpec } from '../building-blocks/money-order';
import { SIDE, transferOf, type DayInProgress } from './day-in-progress';
import { planned, sendIn } from './funding';
import { offerWhenSilent } from './emergency-channel';
import { notFunded, type Funding } from './funding-progress';

/** A checkpoint: when it is due, and until when an incomplete batch is read again. */
interface Checkpoint {
  readonly at: '10:00' | '10:30' | '18:00';
  readonly dueAt: string;
  readonly lastLookAt: string;
}

/** What of the morning's amount was not in before 10:00:00. */
export const moneyInTime = (day: DayInProgress, side: Side): Promise<unknown> => {
  const { fundingDeadline } = day.opened.at;
  return checkpoint(day, side, { at: '10:00', dueAt: fundingDeadline, lastLookAt: fundingDeadline });
};

/** The batch of 10:30: a surplus goes back to the bank, a default is followed until covered. */
export async function settleIntraday(day: DayInProgress, side: Side, funding: Funding): Promise<void> {
  const { intradayCheckpoint, endOfDayCheckpoint } = day.opened.at;
  const settled = await checkpoint(day, side, {
    at: '10:30',
    dueAt: intradayCheckpoint,
    lastLookAt: endOfDayCheckpoint,
  });
  if (BigInt(settled.missingFen) > 0n) await followDefault(day, side, funding, settled.reading);
  else await drawBack(day, side, settled.reading);
}

/** The batch of 18:00, portfolio fee and net receivables: what is missing now is an end-of-day default. */
export async function settleEndOfDay(day: DayInProgress, side: Side): Promise<void> {
  const { endOfDayCheckpoint, posting } = day.opened.at;
  const settled = await checkpoint(day, side, { at: '18:00', dueAt: endOfDayCheckpoint, lastLookAt: posting });
  if (BigInt(settled.missingFen) > 0n) await followEndOfDayDefault(day, side, settled.reading);
}

/**
 * What the clearing house says, recorded once everything it announced for the batch has moved: read again after 1, 2, 4, ...
 * minutes until then. A default is recorded with it; an older one is covered when the account is no longer below zero.
 */
async function checkpoint(
  day: DayInProgress,
  side: Side,
  { at, dueAt, lastLookAt }: Checkpoint,
): Promise<CheckpointResult & { readonly reading: ReserveReading }> {
  const { zh, en } = SIDE[side];
  for (let minutes = 1; ; minutes = 2 * minutes + 1) {
    const reading = await outside(`${at} 查备付金 ${zh} read the reserve account, ${en}`).readReserveAccount({
      ...day.key,
      side,
    });
    const result = await database(`${at} 检查点 ${zh} checkpoint, ${en}`).recordCheckpoint({
      ...day.key,
      workflowId: day.workflowId,
      side,
      checkpoint: at,
      fundingDeadline: day.opened.at.fundingDeadline,
      endOfDayAt: day.opened.at.endOfDayCheckpoint,
      dueAt,
      lastLookAt,
      patienceMinutes: day.opened.bankAskAgainAfterMinutes,
      reading,
    });
    deliverBeside();
    if (result.awaited.length === 0) {
      if (at !== '10:00') await coverDefaults(day, side, result.balanceFen);
      return { ...result, reading };
    }
    const waitsNoMore = day.waiting.on({
      who: '中国结算 clearing house',
      whatZh: `${zh} ${at} 批次记账：${result.awaited.join('、')}`,
      whatEn: `to book the ${at} batch, ${en}`,
    });
    const next = minutesAfter(dueAt, minutes);
    const lookAgain = next < lastLookAt ? next : lastLookAt;
    await day.clock.waitUntil(lookAgain, never, `再查 ${at} 批次 ${zh} read again, ${en}`);
    waitsNoMore();
  }
}

const coverDefaults = ({ key }: DayInProgress, side: Side, balanceFen: string) =>
  database(`违约补足 ${SIDE[side].zh} cover defaults, ${SIDE[side].en}`).coverDefaults({ ...key, side, balanceFen });

/** The plan by the newest lines beside the one that people acted on: computed wrongly, not ordered, or not arrived. */
async function findCause(day: DayInProgress, side: Side, reading: ReserveReading) {
  await planned(day, side);
  const { zh, en } = SIDE[side];
  return database(`违约原因 ${zh} cause of the default, ${en}`).explainDefault({ ...day.key, side, reading });
}

/**
 * A default is followed until it is covered: somebody calls the bank, and what is short and not on its way is ordered at once, whatever else is late.
 * A transfer that did not arrive is not sent a second time: the head may use the emergency channel for it, and for what covers the default.
 */
async function followDefault(day: DayInProgress, side: Side, funding: Funding, first: ReserveReading): Promise<void> {
  let reading = first;
  const call = await askToCall(day, side, '', await findCause(day, side, reading));
  const { zh, en } = SIDE[side];
  let covered = false;
  const over = () => covered || day.bankingOver;
  const covering: Promise<unknown>[] = [];
  // Days that began before looked at what covers a default as at the order of the morning.
  const hasOwnChannel = patched('emergency channel for what covers a default');
  const orderRest = async () => {
    if (funding.transfers.drafting || over()) return;
    const { amountFen } = await restToCover(day, side, funding, reading);
    if (BigInt(amountFen) <= 0n || funding.transfers.drafting) return;
    const cover = hasOwnChannel ? notFunded(funding.transfers) : funding;
    const which = `:default:${funding.transfers.attempts + 1}`;
    if (hasOwnChannel) covering.push(offerWhenSilent(day, side, cover, { which, over }));
    covering.push(
      sendIn(day, side, cover, {
        titleZh: `${zh}补足违约缺口`,
        titleEn: `cover the default, ${en}`,
        dueAt: day.opened.at.endOfDayCheckpoint,
        amount: async () => restToCover(day, side, funding, await read(day, side)),
        over,
      }),
    );
  };
  await orderRest();
  const waitsNoMore = day.waiting.on({
    who: '银行 bank',
    whatZh: `${zh}补足违约缺口`,
    whatEn: `to cover the default, ${en}`,
    dueAt: day.opened.at.endOfDayCheckpoint,
  });
  for (let nth = 1; !over(); nth += 1) {
    const next = minutesAfter(day.opened.at.intradayCheckpoint, nth * day.opened.bankAskAgainAfterMinutes);
    await day.clock.waitUntil(next, over, `跟踪违约 ${zh} follow the default, ${en}`);
    const { balanceFen } = reading;
    reading = await read(day, side);
    covered = (await coverDefaults(day, side, reading.balanceFen)).open === 0;
    // Something came and it is short still: there is another cause beside the first.
    if (!covered && reading.balanceFen !== balanceFen && !day.bankingOver) {
      await findCause(day, side, reading);
      await orderRest();
    }
  }
  waitsNoMore();
  await day.desk.withdraw(call, '违约已补足或批次已过 covered, or the batches are over');
  await Promise.all(covering);
}

/** Short after the last batch: somebody calls the bank while the day still looks; from then on tomorrow's plan provides for what is missing. */
async function followEndOfDayDefault(day: DayInProgress, side: Side, reading: ReserveReading): Promise<void> {
  const call = await askToCall(day, side, ':18:00', await findCause(day, side, reading));
  const { endOfDayCheckpoint, posting } = day.opened.at;
  let covered = false;
  for (let nth = 1; !covered; nth += 1) {
    const next = minutesAfter(endOfDayCheckpoint, nth * day.opened.bankAskAgainAfterMinutes);
    if (next > posting) break;
    await day.clock.waitUntil(next, never, `跟踪日终违约 ${SIDE[side].zh} follow the default, ${SIDE[side].en}`);
    covered = (await coverDefaults(day, side, (await read(day, side)).balanceFen)).open === 0;
  }
  await day.desk.withdraw(call, '已补足，或由次日头寸计划补足 covered, or provided for by the plan of the next day');
}

/** Somebody calls the bank, and sees what is short and why. */
function askToCall(day: DayInProgress, side: Side, which: string, { cause, lines }: ExplainedDefault) {
  const { zh, en, role } = SIDE[side];
  const { channel, businessDate } = day.key;
  return day.desk.ask({
    businessKey: `call-bank:${channel}:${businessDate}:${side}${which}`,
    kind: 'call-bank',
    titleZh: `${zh}致电银行催办划款`,
    titleEn: `call the bank about the transfer, ${en}`,
    role,
    side,
    form: CALL_FORM,
    facts: { side, businessDate, cause, ...lines },
    revision: 1,
  });
}

/** What the account is below zero, with the fee of 18:00, less what is on its way. */
async function restToCover(
  day: DayInProgress,
  side: Side,
  { transfers }: Funding,
  { balanceFen, movements }: ReserveReading,
): Promise<{ readonly amountFen: string; readonly figureId?: string }> {
  const { zh, en } = SIDE[side];
  const short = await database(`补足金额 ${zh} amount to cover, ${en}`).amountToCover({ ...day.key, side, balanceFen });
  const rest = lessUnderWayFen(BigInt(short.amountFen), orderedTransfers(transfers.standing), transfersIn(movements));
  return { ...short, amountFen: rest.toString() };
}

const read = ({ key }: DayInProgress, side: Side): Promise<ReserveReading> =>
  outside(`查备付金 ${SIDE[side].zh} is the default covered`).readReserveAccount({ ...key, side });

/**
 * min(amount, withdrawable) goes back to the side's own bank account, likewise with approval (A4 §8, S13). What CCNET refuses is made anew
 * while the batches are not over.
 */
async function drawBack(day: DayInProgress, side: Side, reading: ReserveReading): Promise<void> {
  let { withdrawableFen, movements } = reading;
  const { zh, en } = SIDE[side];
  const spec: MoneyOrderSpec = {
    ...transferOf(day, side, 'DRAW_BACK'),
    makeKind: 'make-draw-back-order',
    titleZh: `${zh}备付金划回`,
    titleEn: `draw back from the reserve account, ${en}`,
    amount: () =>
      database(`可划回金额 ${zh} amount to draw back, ${en}`).drawBackAmount({
        ...day.key,
        side,
        withdrawableFen,
        movements,
      }),
  };
  for (let attempt = 1; !spec.over(); attempt += 1) {
    const approved = await approvedOrder(day.desk, { ...spec, firstAttempt: attempt });
    if (approved === undefined) return;
    attempt = approved.revision;
    const end = await sentAndFollowed(day.clock, day.waiting, spec, approved, {
      everyMinutes: day.opened.bankAskAgainAfterMinutes,
      arrived: () => outside(`询问划回 ${zh} ask CCNET`).askOrder(approved),
    });
    // Days that began before gave up after a refusal.
    if (end !== 'refused' || !patched('draw-back-made-anew')) return;
    // What was refused was too much, perhaps: the account is asked again. Days that began before went on with the amount of 10:30.
    if (patched('draw-back-of-a-new-reading')) ({ withdrawableFen, movements } = await read(day, side));
  }
}

/** What the bank said. */
const CALL_FORM = {
  version: 1,
  schema: {
    type: 'object',
    required: ['answer'],
    additionalProperties: false,
    properties: { answer: { type: 'string', minLength: 1, maxLength: 500, title: '银行答复 what the bank said' } },
  },
};

const never = () => false;
