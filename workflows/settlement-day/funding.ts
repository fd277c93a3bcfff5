/**
 * The morning's money: each side is planned, ordered by one person, approved by a second, sent and followed until it is in the
 * reserve account (A4 §27). Beside it climbs the ladder to 10:00, whose end offers the emergency channel.
 */
import { condition } from '@temporalio/workflow';
import type { OrderAnswer } from '../../activities/orders/ask-order';
import type { DraftedOrder } from '../../activities/orders/draft-order';
import type { Side } from '../../domain/channel';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { database, outside } from '../activity-groups';
import { APPROVAL_FORM } from '../building-blocks/approval';
import { approvedOrder, followedOrder, sentOrder, type MoneyOrderSpec } from '../building-blocks/money-order';
import { promiseOfDay, SIDE, transferOf, type DayInProgress } from './day-in-progress';

/** How far the funding of a side has come; the ladder looks at it, and whoever follows a default goes on from it. */
export interface Funding {
  planReady: boolean;
  approvedBy: string;
  moneyIn: boolean;
  /** The newest approved order. */
  order?: DraftedOrder;
}

export const notFunded = (): Funding => ({ planReady: false, approvedBy: '', moneyIn: false });

/** The side's plan; with an amount below zero the order, its approval, the bank, until the money is in. */
export async function fund(day: DayInProgress, side: Side, funding: Funding): Promise<void> {
  const { zh, en } = SIDE[side];
  const { amountFen } = await planned(day, side);
  funding.planReady = true;
  if (BigInt(amountFen) >= 0n) {
    funding.moneyIn = true;
    return;
  }
  await sendIn(day, side, funding, {
    titleZh: `${zh}划入备付金`,
    titleEn: `fund the reserve account, ${en}`,
    dueAt: day.opened.at.fundingDeadline,
    otherwise: '10:00 严重告警并提供应急通道 critical alarm at 10:00, emergency channel offered',
    lastLook: justBefore(day.opened.at.fundingDeadline),
    amount: async () => {
      const newest = await planned(day, side);
      return { amountFen: (-BigInt(newest.amountFen)).toString(), figureId: newest.figureId };
    },
  });
}

/** The funding figure with its terms by the newest lines (A4 §27; S12). */
export const planned = ({ key }: DayInProgress, side: Side) =>
  database(`头寸计划 ${SIDE[side].zh} funding plan, ${SIDE[side].en}`).planFunding({ ...key, side });

/** What is sent in, and until when it is looked for at the latest. */
type SentIn = Pick<MoneyOrderSpec, 'titleZh' | 'titleEn' | 'amount' | 'dueAt' | 'otherwise'> & {
  readonly lastLook?: string;
  readonly over?: () => boolean;
};

/** One order after the other until the money is in: a refused or recalled one is made anew from the newest amount. */
export async function sendIn(day: DayInProgress, side: Side, funding: Funding, money: SentIn): Promise<void> {
  const { lastLook, ...named } = money;
  const spec: MoneyOrderSpec = { ...transferOf(day, side, 'FUND'), makeKind: 'make-funding-order', ...named };
  for (let attempt = (funding.order?.revision ?? 0) + 1; !spec.over(); attempt += 1) {
    const approved = await approvedOrder(day.desk, { ...spec, firstAttempt: attempt });
    if (approved === undefined) return;
    attempt = approved.revision;
    funding.approvedBy = approved.approvedBy;
    funding.order = approved;
    const sentAt = await sentOrder(spec, approved);
    if (sentAt === undefined) continue; // The bank refused: made anew.
    const end = await followedOrder(day.clock, day.waiting, spec, approved, {
      from: sentAt,
      everyMinutes: day.opened.bankAskAgainAfterMinutes,
      ...(lastLook === undefined ? {} : { lastLook }),
      arrived: () => arrivedInReserve(day, side, approved),
    });
    if (end === 'refused') continue; // Accepted and refused later: made anew.
    funding.moneyIn = end === 'moved';
    return;
  }
}

/** Money counts as in when CCNET shows it in the reserve account; while it does not, the bank is asked again. */
async function arrivedInReserve({ key }: DayInProgress, side: Side, sent: DraftedOrder): Promise<OrderAnswer> {
  const { zh } = SIDE[side];
  const { movements } = await outside(`查备付金 ${zh} is the money in`).readReserveAccount({ ...key, side });
  const at = movements.find((movement) => movement.business === 'ZR' && movement.amountFen === sent.amountFen)?.at;
  if (at !== undefined) return { state: 'executed', executedAt: at };
  const answer = await outside(`催问银行 ${zh} ask the bank again`).askOrder(sent);
  return answer.state === 'refused' ? answer : { state: 'under way' };
}

/** 08:30 plan, 09:15 approver, 09:30 deputy, 09:45 head, 10:00 alarm and the offer of the emergency channel. */
export async function fundingDeadlines(day: DayInProgress, side: Side, funding: Funding): Promise<void> {
  const { ladder, zh, en, role } = SIDE[side];
  const { channel, businessDate } = day.key;
  const subject = `${channel}:${businessDate}:${side}`;
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
      if (missed === 'money in reserve') offers.push(offerEmergencyChannel(day, side, funding));
    },
  });
  await condition(() => funding.moneyIn || day.bankingOver);
  if (funding.moneyIn) await promise.meet(fundedBy(funding));
  else await promise.withdraw('批次已过，资金未到账 the batches are over and the money is not in');
  await Promise.all(offers);
}

const fundedBy = ({ approvedBy }: Funding) => ({ by: approvedBy === '' ? SYSTEM_ACTOR : approvedBy });

/**
 * One click of the head sends the approved order through the emergency channel, under its own key: never paid twice. Clicked
 * before an order is approved, it is sent there as soon as one is.
 */
async function offerEmergencyChannel(day: DayInProgress, side: Side, funding: Funding): Promise<void> {
  const { zh, en, role } = SIDE[side];
  const { channel, businessDate } = day.key;
  const offer = await day.desk.ask({
    businessKey: `emergency:${channel}:${businessDate}:${side}`,
    kind: 'emergency-channel',
    titleZh: `${zh}启用应急划款通道`,
    titleEn: `use the emergency channel, ${en}`,
    role,
    mark: 'head',
    side,
    form: APPROVAL_FORM,
    facts: { side, businessDate, order: funding.order?.orderKey ?? '尚未复核 not approved yet' },
    revision: 1,
  });
  const tooLate = () => funding.moneyIn || day.bankingOver;
  const gone = '资金已到账或批次已过 the money is in, or the batches are over';
  const outcome = await day.desk.answerUnless(tooLate, offer, gone);
  if (outcome.result !== 'completed' || outcome.form['decision'] !== 'approve') return;
  await condition(() => funding.order !== undefined || tooLate());
  if (tooLate() || funding.order === undefined) return;
  const { order } = funding;
  const sent = await outside(`应急划款 ${zh} emergency channel, ${en}`).sendOrder(order);
  await database(`登记应急划款 ${zh} record the emergency channel, ${en}`).recordOrderProgress({
    ...day.key,
    workflowId: day.workflowId,
    order,
    state: sent.outcome === 'refused' ? 'rejected outside' : 'sent',
    through: 'emergency channel',
    reference: sent.reference,
    ...(sent.code === undefined ? {} : { code: sent.code }),
  });
}

/** The last second before an instant: money that came in time is seen before its deadline is judged. */
const justBefore = (at: string): string => new Date(Date.parse(at) - 1_000).toISOString();
