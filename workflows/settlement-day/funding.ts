/**
 * The morning's money: each side is planned, ordered by one person, approved by a second, sent and followed until it is in the
 * reserve account (A4 §27). Beside it climbs the ladder to 10:00, whose end offers the emergency channel.
 */
import { condition, patched } from '@temporalio/workflow';
import type { OrderAnswer } from '../../activities/orders/ask-order';
import type { DraftedOrder } from '../../activities/orders/draft-order';
import type { Side } from '../../domain/channel';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { carriedOut, orderedTransfers, stillToSendFen, transfersIn } from '../../domain/settlement/transfers';
import { database, outside } from '../activity-groups';
import {
  approvedOrder,
  sentAndFollowed,
  type ApprovedOrder,
  type MoneyOrderSpec,
} from '../building-blocks/money-order';
import { promiseOfDay, SIDE, transferOf, type BankingDay } from './day-in-progress';
import { offerEmergencyChannel } from './emergency-channel';
import { notFunded, type Funding, type Transfers } from './funding-progress';

/** The side's plan; with an amount below zero the order, its approval, the bank, until the money is in. Followed until the first batch. */
export async function fund(day: BankingDay, side: Side, funding: Funding): Promise<void> {
  const seen = day.planChanges[side];
  const { amountFen } = await planned(day, side);
  funding.planReady = true;
  if (BigInt(amountFen) >= 0n) funding.moneyIn = true;
  const first = funding.moneyIn ? Promise.resolve() : sendAmountIn(day, side, funding);
  await Promise.all([first, followPlan(day, side, funding, seen)]);
}

/** Sent in, or nothing of it is needed any more: nobody waits for it in either case. */
async function sendAmountIn(day: BankingDay, side: Side, funding: Funding): Promise<void> {
  const { zh, en } = SIDE[side];
  const end = await sendIn(day, side, funding, {
    titleZh: `${zh}划入备付金`,
    titleEn: `fund the reserve account, ${en}`,
    dueAt: day.opened.at.fundingDeadline,
    otherwise: '10:00 严重告警并提供应急通道 critical alarm at 10:00, emergency channel offered',
    lastLook: justBefore(day.opened.at.fundingDeadline),
    amount: () => amountToSend(day, side, funding),
  });
  // Days that began before were told at 10:00 that the money was not in.
  if (end === 'not needed' && patched('what is not needed any more is not waited for')) funding.moneyIn = true;
}

/**
 * A file of the evening before that comes in the morning, or a notice, changes the plan. A draft is made anew by itself; where an order is on its
 * way already, or nothing was needed before, the rest is ordered beside it with a ladder of its own.
 */
async function followPlan(day: BankingDay, side: Side, funding: Funding, from: number): Promise<void> {
  let isHeld = false;
  const over = () => day.intradayBegun || day.bankingOver || isHeld;
  const { transfers } = funding;
  const more: Promise<void>[] = [];
  // What is refused in it is thrown at once, and told: nobody waits for the last batch with it.
  const beside = (part: Promise<void>): void => {
    more.push(part);
    part.catch(() => (isHeld = true));
  };
  for (let seen = from; ;) {
    await condition(() => day.planChanges[side] > seen || over());
    // A draft may have been approved a moment before, and goes out as it is. Days that began before took each for one that is made anew.
    if (transfers.drafting && patched('a changed plan is looked at once its draft has ended'))
      await condition(() => !transfers.drafting || over());
    if (over()) break;
    seen = day.planChanges[side];
    if (transfers.drafting) continue;
    const { amountFen, figureId } = await amountToSend(day, side, funding);
    if (BigInt(amountFen) <= 0n || transfers.drafting) continue;
    const rest = notFunded(transfers);
    rest.planReady = true;
    // A rest that a smaller plan took back left its number free, and its ladder met: the next plan has one of its own.
    const hasOwnLadder = patched('each plan has a ladder of its own');
    beside(sendAmountIn(day, side, rest));
    beside(fundingDeadlines(day, side, rest, hasOwnLadder ? `:plan:${figureId}` : `:${transfers.attempts + 1}`));
  }
  await Promise.all(more);
}

/** The newest plan less what has come and what is on its way: nothing is paid twice, whoever sent it. */
async function amountToSend({ key, ...day }: BankingDay, side: Side, { transfers }: Funding) {
  const { amountFen, figureId, uncertain } = await planned({ key, ...day }, side);
  const planFen = BigInt(amountFen);
  if (transfers.attempts === 0) return { amountFen: stillToSendFen(planFen, [], []).toString(), figureId, uncertain };
  const { zh, en } = SIDE[side];
  const { movements } = await outside(`查备付金 ${zh} what has come, ${en}`).readReserveAccount({ ...key, side });
  const rest = stillToSendFen(planFen, orderedTransfers(transfers.standing), transfersIn(movements));
  return { amountFen: rest.toString(), figureId, uncertain };
}

/** The funding figure with its terms by the newest lines (A4 §27; S12). */
export const planned = ({ key }: BankingDay, side: Side) =>
  database(`头寸计划 ${SIDE[side].zh} funding plan, ${SIDE[side].en}`).planFunding({ ...key, side });

/** What is sent in, and until when it is looked for at the latest. */
type SentIn = Pick<MoneyOrderSpec, 'titleZh' | 'titleEn' | 'amount' | 'dueAt' | 'otherwise'> & {
  readonly lastLook?: string;
  readonly over?: () => boolean;
};

/** One order after the other until the money is in: a refused or recalled one is made anew from the newest amount. */
export async function sendIn(
  day: BankingDay,
  side: Side,
  funding: Funding,
  money: SentIn,
): Promise<'moved' | 'not needed' | 'over'> {
  const { lastLook, ...named } = money;
  const { transfers } = funding;
  const spec: MoneyOrderSpec = {
    ...transferOf(day, side, 'FUND'),
    makeKind: 'make-funding-order',
    changes: () => day.planChanges[side],
    ...named,
  };
  for (let attempt = transfers.attempts + 1; !spec.over(); attempt += 1) {
    let approved: ApprovedOrder | undefined;
    transfers.drafting = true;
    try {
      approved = await approvedOrder(day.desk, { ...spec, firstAttempt: attempt });
    } catch (refusal) {
      // In days that began before, nobody ordered anything for the side after it.
      if (patched('a draft that was refused is over')) transfers.drafting = false;
      throw refusal;
    }
    transfers.drafting = false;
    if (approved === undefined) return spec.over() ? 'over' : 'not needed';
    attempt = transfers.attempts = approved.revision;
    transfers.standing = [...transfers.standing, approved];
    funding.approvedBy = approved.approvedBy;
    funding.order = approved;
    const end = await sentAndFollowed(day.clock, day.waiting, spec, approved, {
      everyMinutes: day.opened.bankAskAgainAfterMinutes,
      ...(lastLook === undefined ? {} : { lastLook }),
      arrived: () => arrivedInReserve(day, side, approved, transfers),
    });
    if (end === 'refused') {
      // The bank refused, at once or later: made anew.
      transfers.standing = transfers.standing.filter(({ orderKey }) => orderKey !== approved.orderKey);
      if (funding.order === approved) funding.order = undefined;
      // While the rest of a changed plan is drafted: one after the other, each with a number of its own and less what the other sends.
      if (transfers.drafting && patched('one order of a side is drafted at a time'))
        while (transfers.drafting && !spec.over()) await condition(() => !transfers.drafting || spec.over());
      attempt = transfers.attempts;
      continue;
    }
    funding.moneyIn = end === 'moved';
    return end;
  }
  return 'over';
}

/** Money counts as in when CCNET shows it in the reserve account, in one sum or in parts; while it does not, the bank is asked again. */
async function arrivedInReserve(
  { key }: BankingDay,
  side: Side,
  sent: DraftedOrder,
  { standing }: Transfers,
): Promise<OrderAnswer> {
  const { zh } = SIDE[side];
  const { movements } = await outside(`查备付金 ${zh} is the money in`).readReserveAccount({ ...key, side });
  const at = carriedOut(orderedTransfers(standing), transfersIn(movements)).get(sent.orderKey);
  if (at !== undefined) return { state: 'executed', executedAt: at };
  const answer = await outside(`催问银行 ${zh} ask the bank again`).askOrder(sent);
  return answer.state === 'refused' ? answer : { state: 'under way' };
}

/** 08:30 plan, 09:15 approver, 09:30 deputy, 09:45 head, 10:00 alarm and the offer of the emergency channel. */
export async function fundingDeadlines(day: BankingDay, side: Side, funding: Funding, which = ''): Promise<void> {
  const { ladder, zh, en, role } = SIDE[side];
  const { channel, businessDate } = day.key;
  const subject = `${channel}:${businessDate}:${side}${which}`;
  const offers: Promise<void>[] = [];
  const promise = await day.promises.give(day.clock, {
    ...promiseOfDay(day, ladder, subject),
    side,
    owner: { role },
    titleZh: `${zh}备付金到账`,
    titleEn: `money is in the reserve account, ${en}`,
    onTheWay: (what) => {
      const reached =
        (what === 'plan ready' && funding.planReady) || (what === 'order approved' && funding.approvedBy !== '');
      return reached ? fundedBy(funding) : undefined;
    },
    onMissed: ({ condition: missed }) => {
      if (missed === 'money in reserve') offers.push(offerEmergencyChannel(day, side, funding, which));
    },
  });
  await condition(() => funding.moneyIn || day.bankingOver);
  if (funding.moneyIn) await promise.meet(fundedBy(funding));
  else await promise.withdraw('批次已过，资金未到账 the batches are over and the money is not in');
  await Promise.all(offers);
}

const fundedBy = ({ approvedBy }: Funding) => ({ by: approvedBy === '' ? SYSTEM_ACTOR : approvedBy });

/** The last second before an instant: money that came in time is seen before its deadline is judged. */
const justBefore = (at: string): string => new Date(Date.parse(at) - 1_000).toISOString();
