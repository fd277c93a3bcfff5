/**
 * What stands in the way of closing a permission, and the first date on which each can be gone.
 *
 * Source      A2 §12; permissions page, "Closing".
 * Blockers    Go by waiting. A trade or a live order of today: gone on the next trading day. A trade not yet delivered, or
 *             a sale whose money is not settled: gone on the settlement day of the latest one, after that evening's run. An
 *             earlier day whose clearing is not there yet: gone when it is.
 * Conditions  Go by what the client does: shares still held are confirmed, each open election is answered or waived. They
 *             have no date.
 * Not asked   Dividends to come: they are paid without a permission.
 */
import type { BusinessDate } from '../calendar/business-date';
import type { MarketCalendar } from '../calendar/market-calendar';
import type { ErrorCode } from '../errors';
import { closingRefusals, type ClosingBlockerCode, type ClosingConditionCode } from './closing-refusals';

/** What the books say of a client on the day of the check. */
export interface ClosingFacts {
  readonly checkedOn: BusinessDate;
  /** Whether the settlement run of the evening of that day is done. */
  readonly isEveningSettled: boolean;
  readonly hasLiveOrderToday: boolean;
  /** Trades that may not be settled yet; settled ones do no harm. */
  readonly trades: readonly TradeToSettle[];
  /** Whether a trading day before is not cleared yet, so that its trades are not known. */
  readonly isEarlierDayUncleared: boolean;
  readonly holdsShares: boolean;
  readonly areHoldingsConfirmed: boolean;
  readonly openElections: number;
  readonly electionsAnsweredOrWaived: number;
}

export interface TradeToSettle {
  readonly tradeDate: BusinessDate;
  readonly side: 'B' | 'S';
  /** Settlement moved to this day by a notice. */
  readonly postponedTo: BusinessDate | null;
}

export interface ClosingBlocker {
  readonly code: Extract<ErrorCode, ClosingBlockerCode>;
  readonly firstDate: BusinessDate;
}

export interface ClosingCheck {
  readonly mayCloseNow: boolean;
  /** In the order of the list. */
  readonly blockers: readonly ClosingBlocker[];
  readonly conditions: readonly Extract<ErrorCode, ClosingConditionCode>[];
  /** The day on which the last blocker can be gone; the day of the check where there is none. */
  readonly firstDate: BusinessDate;
}

/**
 * @param cycleDaysOn the settlement cycle in force on a trade date, in Hong Kong settlement days
 * @throws BusinessError CALENDAR_OUT_OF_RANGE where a date of the answer lies outside the known calendar, NOT_A_TRADING_DAY
 *         for a trade on another day
 * @throws RangeError for a trade after the check
 */
export function closingCheck(
  facts: ClosingFacts,
  calendar: MarketCalendar,
  cycleDaysOn: (tradeDate: BusinessDate) => number,
): ClosingCheck {
  const { checkedOn, isEveningSettled } = facts;
  const unsettled = facts.trades
    .map((trade) => ({ ...trade, settlesOn: settlementOf(trade) }))
    .filter(({ settlesOn }) => settlesOn > checkedOn || (settlesOn === checkedOn && !isEveningSettled));
  const hasTradedToday = facts.trades.some(({ tradeDate }) => tradeDate === checkedOn);
  const blockers = [
    hasTradedToday && blocker('TRADED_TODAY', calendar.nextTradingDay(checkedOn)),
    facts.hasLiveOrderToday && blocker('LIVE_ORDER_TODAY', calendar.nextTradingDay(checkedOn)),
    blockerOfLatest('TRADE_NOT_DELIVERED', unsettled),
    blockerOfLatest(
      'SALE_MONEY_NOT_SETTLED',
      unsettled.filter(({ side }) => side === 'S'),
    ),
    // Its files may come within the day.
    facts.isEarlierDayUncleared && blocker('EARLIER_DAY_NOT_CLEARED', checkedOn),
  ].filter((found) => found !== false);
  const asked: (ClosingCheck['conditions'][number] | false)[] = [
    facts.holdsShares && !facts.areHoldingsConfirmed && 'HOLDINGS_NOT_CONFIRMED',
    facts.electionsAnsweredOrWaived < facts.openElections && 'ELECTION_NOT_ANSWERED_OR_WAIVED',
  ];
  const conditions = asked.filter((condition) => condition !== false);
  return {
    mayCloseNow: blockers.length === 0 && conditions.length === 0,
    blockers,
    conditions,
    firstDate: latest(blockers.map(({ firstDate }) => firstDate)) ?? checkedOn,
  };

  function settlementOf({ tradeDate, postponedTo }: TradeToSettle): BusinessDate {
    if (tradeDate > checkedOn) throw new RangeError(`a trade of ${tradeDate} lies after the check of ${checkedOn}`);
    return postponedTo ?? calendar.tradeSettlementDate(tradeDate, cycleDaysOn(tradeDate));
  }
}

/** What the channels of a permission say of a client together: each blocker with its latest date. @param checks of one day, at least one */
export function ofAllChannels(checks: readonly ClosingCheck[]): ClosingCheck {
  const [one] = checks;
  if (one === undefined) throw new RangeError('a check of no channel');
  const found = checks.flatMap(({ blockers }) => blockers);
  const blockers = closingRefusals.flatMap(({ code }) => {
    const firstDate = latest(found.filter((blocked) => blocked.code === code).map((blocked) => blocked.firstDate));
    return firstDate === undefined ? [] : [blocker(code as ClosingBlocker['code'], firstDate)];
  });
  return {
    mayCloseNow: checks.every(({ mayCloseNow }) => mayCloseNow),
    blockers,
    conditions: one.conditions,
    firstDate: latest(checks.map(({ firstDate }) => firstDate)) ?? one.firstDate,
  };
}

const blocker = (code: ClosingBlocker['code'], firstDate: BusinessDate): ClosingBlocker => ({ code, firstDate });

function blockerOfLatest(
  code: ClosingBlocker['code'],
  trades: readonly { readonly settlesOn: BusinessDate }[],
): ClosingBlocker | false {
  const settlesOn = latest(trades.map((trade) => trade.settlesOn));
  return settlesOn !== undefined && blocker(code, settlesOn);
}

const latest = (dates: readonly BusinessDate[]): BusinessDate | undefined => [...dates].sort().at(-1);
