/**
 * An order to move money, from the person who makes it to the money that has moved: made by one, approved by a second, sent,
 * followed. A refused, recalled or returned order is made anew from the newest amount, and so is a draft whose plan has changed; its outside
 * key names kind, side, date and attempt.
 * One that was sent back waits with its former maker, who sees why.
 */
import { condition, patched } from '@temporalio/workflow';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { minutesAfter } from '../../domain/calendar/instants';
import type { Side } from '../../domain/channel';
import { amountText, parseWrittenAmount } from '../../domain/money';
import type { OrderAnswer } from '../../activities/orders/ask-order';
import type { DraftedOrder, OrderKind } from '../../activities/orders/draft-order';
import { database, outside } from '../activity-groups';
import { businessFailure } from '../failures';
import type { FilledForm } from '../messages/tasks';
import { askApproval } from './approval';
import type { BusinessClock } from './business-clock';
import { deliverBeside } from './delivery';
import { unlessOver } from './unless-over';
import type { TaskDesk } from './human-task';
import { CHOOSE_FORM, MAKE_FORM } from './order-forms';
import type { Waiting } from './waiting';

/** What an order is for, as people read it. */
export interface MoneyOrderSpec {
  readonly workflowId: string;
  readonly channel: string;
  readonly businessDate: BusinessDate;
  readonly side: Side;
  readonly kind: OrderKind;
  /** What a compensation or a top-up of the cushion pays for: there may be several a day, and each is paid once. */
  readonly caseKey?: string;
  /** Kind of the maker's task. */
  readonly makeKind:
    | 'make-funding-order'
    | 'make-draw-back-order'
    | 'make-commission-order'
    | 'make-compensation-order'
    | 'make-cushion-order';
  readonly titleZh: string;
  readonly titleEn: string;
  /** Role of maker and checker. */
  readonly role: string;
  readonly dueAt?: string;
  /** What happens when it is not done in time, for supervisors. */
  readonly otherwise?: string;
  /** What whoever makes and approves it sees besides; no personal data, but references. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The newest amount, asked again before each attempt; zero: nothing is to be moved any more. */
  readonly amount: () => Promise<{
    readonly amountFen: string;
    readonly figureId?: string;
    /** Whether something behind it is not known yet. */
    readonly uncertain?: boolean;
    /** What may be another one at each attempt, beside `facts`. */
    readonly facts?: Readonly<Record<string, unknown>>;
  }>;
  /** Whether the amount is advice, and whoever makes the order decides how much it is. */
  readonly isChosen?: boolean;
  /** Whether the order has lost its purpose: its tasks are withdrawn. */
  readonly over: () => boolean;
  /** Grows whenever the amount, or to whom it goes, may be another one: a draft that nobody has approved yet is made anew. */
  readonly changes?: () => number;
  /** Why it is then, where it is not the plan that has changed. */
  readonly changedBecause?: string;
  readonly firstAttempt?: number;
}

/** Why the tasks of an order are taken off the list. */
const PURPOSE_GONE = '划款已无必要或当日批次已过 nothing is to be moved any more, or the batches of the day are over';

const PLAN_CHANGED = '头寸计划已变，按新金额重做 the plan has changed: made anew with the new amount';

/** An order that a second person has approved. */
export interface ApprovedOrder extends DraftedOrder {
  /** Person. */
  readonly approvedBy: string;
}

/** Kind, side and date, and the case where it pays for one. */
const keyOf = ({ kind, channel, businessDate, side, caseKey }: MoneyOrderSpec, attempt: number): string =>
  [kind.toLowerCase(), channel, businessDate, side, ...(caseKey === undefined ? [] : [caseKey]), attempt].join(':');

/** The order once a second person has approved it; undefined when nothing is to be moved any more. */
export async function approvedOrder(desk: TaskDesk, spec: MoneyOrderSpec): Promise<ApprovedOrder | undefined> {
  let sentBack: { readonly maker: string; readonly reason: string } | undefined;
  for (let attempt = spec.firstAttempt ?? 1; !spec.over(); attempt += 1) {
    const changes = spec.changes?.();
    const isChanged = () => spec.changes?.() !== changes;
    const gone = () => spec.over() || isChanged();
    const cause = () => (spec.over() ? PURPOSE_GONE : (spec.changedBecause ?? PLAN_CHANGED));
    const { amountFen, figureId, uncertain, facts: ofAttempt } = await spec.amount();
    if (BigInt(amountFen) <= 0n) return undefined;
    const key = keyOf(spec, attempt);
    const facts = {
      ...{ amount: amountText(BigInt(amountFen)), kind: spec.kind, side: spec.side, businessDate: spec.businessDate },
      ...(uncertain === true
        ? { uncertain: '前一日尚未入账，金额可能变动 the evening before is not posted: it may change' }
        : {}),
      ...spec.facts,
      ...ofAttempt,
    };
    const common = {
      titleZh: spec.titleZh,
      titleEn: spec.titleEn,
      role: spec.role,
      side: spec.side,
      facts,
      revision: attempt,
      ...(spec.dueAt === undefined ? {} : { dueAt: spec.dueAt }),
      ...(spec.otherwise === undefined ? {} : { otherwise: spec.otherwise }),
    };

    const asked = await desk.ask({
      ...common,
      ...(sentBack === undefined
        ? {}
        : { facts: { ...facts, sentBackBecause: sentBack.reason }, holder: sentBack.maker }),
      businessKey: `make:${key}`,
      kind: spec.makeKind,
      form: spec.isChosen === true ? CHOOSE_FORM : MAKE_FORM,
      // Each amount is confirmed by writing it.
      bulk: false,
      checkForm: (form: FilledForm) => {
        if (spec.isChosen !== true && form['amount'] !== facts.amount)
          throw businessFailure('INPUT_INVALID', { field: 'amount', reason: facts.amount });
      },
    });
    await condition(() => asked.isDone() || gone());
    const made = await desk.withdraw(asked, cause());
    if (made.result !== 'completed') {
      if (isChanged()) continue;
      return undefined;
    }

    const { isTakenBack, ...order } = await database(`登记指令 ${spec.titleZh} draft the order`).draftOrder({
      channel: spec.channel,
      businessDate: spec.businessDate,
      side: spec.side,
      kind: spec.kind,
      ...(spec.caseKey === undefined ? {} : { caseKey: spec.caseKey }),
      attempt,
      // What the person wrote: in a day that was started again it may be an earlier amount, and that order goes on.
      amountFen: parseWrittenAmount(made.form['amount']).toString(),
      madeBy: made.by.person,
      ...(made.by.onBehalfOf === undefined ? {} : { madeFor: made.by.onBehalfOf }),
      ...(figureId === undefined ? {} : { figureId }),
    });
    if (isTakenBack === true && patched('an order that was taken back is numbered anew')) continue;
    const toApprove = {
      ...common,
      businessKey: `approve:${key}`,
      kind: 'approve-order',
      titleZh: `复核：${spec.titleZh}`,
      titleEn: `approve: ${spec.titleEn}`,
      // Of the order, not of the newest plan: what is approved is what was made.
      facts: { ...facts, amount: amountText(BigInt(order.amountFen)) },
      madeBy: made.by.person,
      ...(made.by.onBehalfOf === undefined ? {} : { madeFor: made.by.onBehalfOf }),
      subject: { kind: 'order', id: order.orderId } as const,
      amountFen: order.amountFen,
    };
    const askedFor = await askApproval(desk, toApprove);
    await condition(() => askedFor.decision() !== undefined || gone());
    const decided = askedFor.decision() ?? (await askedFor.withdraw(cause()));
    // Approved in the last moment: what has lost its purpose is not sent any more.
    if (decided.decision === 'approved' && spec.over()) await withdrawn(spec, order);
    if (spec.over() || (decided.decision === 'withdrawn' && !isChanged())) return undefined;
    if (decided.decision === 'approved') return { ...order, approvedBy: decided.by?.person ?? spec.role };
    sentBack = decided.decision === 'returned' ? { maker: made.by.person, reason: decided.reason } : undefined;
  }
  return undefined;
}

async function withdrawn(spec: MoneyOrderSpec, order: DraftedOrder): Promise<void> {
  await database(`撤下指令 ${spec.titleZh} withdraw: ${spec.titleEn}`).recordOrderProgress({
    workflowId: spec.workflowId,
    channel: spec.channel,
    businessDate: spec.businessDate,
    order,
    state: 'withdrawn',
  });
}

/**
 * Sends the order; answers the business time of sending, undefined when the other side refused it. Where it does not answer until
 * the purpose is over nothing is sent any more; it counts as sent, because it may have been received, and the account
 * movements of the evening show what became of it.
 */
async function sentOrder(spec: MoneyOrderSpec, order: DraftedOrder): Promise<string | undefined> {
  const sent = await unlessOver(spec.over, () =>
    outside(`发送指令 ${spec.titleZh} send: ${spec.titleEn}`).sendOrder(order),
  );
  const { at } = await database(`登记发送 ${spec.titleZh} record: ${spec.titleEn}`).recordOrderProgress({
    workflowId: spec.workflowId,
    channel: spec.channel,
    businessDate: spec.businessDate,
    order,
    state: sent?.outcome === 'refused' ? 'rejected outside' : 'sent',
    reference: sent?.reference ?? '',
    ...(sent === undefined ? { code: 'NO_ANSWER' } : sent.code === undefined ? {} : { code: sent.code }),
  });
  if (sent?.outcome !== 'refused') return at;
  deliverBeside();
  return undefined;
}

/** How an order is asked about once it was sent. */
interface Asking {
  readonly everyMinutes: number;
  /** One more look at this instant, whatever the interval says. */
  readonly lastLook?: string;
  readonly arrived: () => Promise<OrderAnswer>;
}

/** Sends the order and follows it: refused at once or later, moved, or over. */
export async function sentAndFollowed(
  clock: BusinessClock,
  waiting: Waiting,
  spec: MoneyOrderSpec,
  order: DraftedOrder,
  asking: Asking,
): Promise<'moved' | 'refused' | 'over'> {
  const from = await sentOrder(spec, order);
  return from === undefined ? 'refused' : followedOrder(clock, waiting, spec, order, { ...asking, from });
}

/**
 * Follows the order until its money has moved or the other side refused it: asks again every so many minutes, until the
 * purpose is over.
 */
async function followedOrder(
  clock: BusinessClock,
  waiting: Waiting,
  spec: MoneyOrderSpec,
  order: DraftedOrder,
  asking: Asking & { readonly from: string },
): Promise<'moved' | 'refused' | 'over'> {
  const waitsNoMore = waiting.on({
    who: spec.kind === 'DRAW_BACK' ? '中国结算 clearing house' : '银行 bank',
    whatZh: `执行${spec.titleZh}`,
    whatEn: `to execute: ${spec.titleEn}`,
    ...(spec.dueAt === undefined ? {} : { dueAt: spec.dueAt }),
  });
  try {
    let seen = asking.from;
    for (let nth = 1; ;) {
      const regular = minutesAfter(asking.from, nth * asking.everyMinutes);
      const { lastLook } = asking;
      const next = lastLook !== undefined && seen < lastLook && lastLook < regular ? lastLook : regular;
      await clock.waitUntil(next, spec.over, `询问到账 ${spec.titleZh} ask again: ${spec.titleEn}`);
      seen = next;
      if (next === regular) nth += 1;
      const answer = await unlessOver(spec.over, asking.arrived);
      if (answer === undefined) return 'over';
      if (answer.state === 'executed' || answer.state === 'refused') {
        await database(`登记结果 ${spec.titleZh} what became of: ${spec.titleEn}`).recordOrderProgress({
          workflowId: spec.workflowId,
          channel: spec.channel,
          businessDate: spec.businessDate,
          order,
          state: answer.state === 'executed' ? 'executed' : 'rejected outside',
          ...(answer.executedAt === undefined ? {} : { executedAt: answer.executedAt }),
        });
        if (answer.state === 'executed') return 'moved';
        deliverBeside();
        return 'refused';
      }
      if (spec.over()) return 'over';
    }
  } finally {
    waitsNoMore();
  }
}
