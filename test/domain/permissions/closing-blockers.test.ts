import fc from 'fast-check';
import { addDays, parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { calendarOf } from '../../../domain/calendar/calendar-rows';
import { byPlace } from '../../../domain/errors';
import {
  closingCheck,
  ofAllChannels,
  type ClosingFacts,
  type TradeToSettle,
} from '../../../domain/permissions/closing-blockers';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const calendar = calendarOf(readReference().calendars, 'SH');
const nothing: ClosingFacts = {
  checkedOn: d('2026-06-15'),
  isEveningSettled: false,
  hasLiveOrderToday: false,
  trades: [],
  isEarlierDayUncleared: false,
  holdsShares: false,
  areHoldingsConfirmed: false,
  openElections: 0,
  electionsAnsweredOrWaived: 0,
};
const trade = (tradeDate: string, side: 'B' | 'S', postponedTo: string | null = null): TradeToSettle => ({
  tradeDate: d(tradeDate),
  side,
  postponedTo: postponedTo === null ? null : d(postponedTo),
});
const check = (change: Partial<ClosingFacts>, cycleDays = 2) =>
  closingCheck({ ...nothing, ...change }, calendar, () => cycleDays);
const blockersOf = (change: Partial<ClosingFacts>, cycleDays = 2) =>
  check(change, cycleDays).blockers.map(({ code, firstDate }) => `${code}=${firstDate}`);

it.each([
  ['2026-06-16', false, ['TRADE_NOT_DELIVERED=2026-06-17'], 'the day before delivery'],
  ['2026-06-16', true, ['TRADE_NOT_DELIVERED=2026-06-17'], 'and after the run of that evening'],
  ['2026-06-17', false, ['TRADE_NOT_DELIVERED=2026-06-17'], 'the day of delivery, before the run'],
  ['2026-06-17', true, [], 'the day of delivery, after the run'],
  ['2026-06-18', false, [], 'the day after'],
])('bought on 15 June, checked on %s (evening settled: %s): %j (%s)', (checkedOn, isEveningSettled, expected, _why) => {
  expect(blockersOf({ checkedOn: d(checkedOn), isEveningSettled, trades: [trade('2026-06-15', 'B')] })).toEqual(
    expected,
  );
});

it('waits for the clearing of an earlier day, which may come within the day', () => {
  expect(check({ isEarlierDayUncleared: true })).toMatchObject({ mayCloseNow: false, firstDate: '2026-06-15' });
  expect(blockersOf({ isEarlierDayUncleared: true })).toEqual(['EARLIER_DAY_NOT_CLEARED=2026-06-15']);
});

it('takes a settlement that was brought forward as the notice says', () => {
  const trades = [trade('2026-06-11', 'S', '2026-06-12')];
  expect(blockersOf({ trades })).toEqual([]);
});

it('takes the settlement cycle from the terms', () => {
  expect(blockersOf({ trades: [trade('2026-06-12', 'B')] }, 1)).toEqual(['TRADE_NOT_DELIVERED=2026-06-15']);
});

it.each([
  [2, 0, ['ELECTION_NOT_ANSWERED_OR_WAIVED']],
  [2, 1, ['ELECTION_NOT_ANSWERED_OR_WAIVED']],
  [2, 2, []],
  [0, 0, []],
])('%i open elections, %i answered or waived: %j', (openElections, electionsAnsweredOrWaived, expected) => {
  const found = check({ openElections, electionsAnsweredOrWaived });
  expect(found.conditions).toEqual(expected);
  expect(found.mayCloseNow).toBe(expected.length === 0);
  // A condition has no date: what the client does today cures it today.
  expect(found.firstDate).toBe('2026-06-15');
});

it('does not guess beyond the calendar, and takes no trade of a day without trading or after the check', () => {
  const checkedOn = d('2026-12-31');
  expect(codeOf(() => check({ checkedOn, trades: [trade('2026-12-30', 'B')] }))).toBe('CALENDAR_OUT_OF_RANGE');
  expect(codeOf(() => check({ checkedOn, hasLiveOrderToday: true }))).toBe('CALENDAR_OUT_OF_RANGE');
  expect(codeOf(() => check({ trades: [trade('2026-06-14', 'B')] }))).toBe('NOT_A_TRADING_DAY');
  expect(() => check({ trades: [trade('2026-06-16', 'B')] })).toThrow(RangeError);
});

describe('laws', () => {
  const someDay = fc.integer({ min: 0, max: 180 }).map((days) => addDays(d('2026-03-02'), days));
  const tradingDay = someDay.filter((date) => calendar.isTradingDay(date));
  const someTrades = fc.array(
    fc.record({
      tradeDate: tradingDay,
      side: fc.constantFrom('B' as const, 'S' as const),
      postponedTo: fc.constant(null),
    }),
    { maxLength: 5 },
  );

  it('a later check, with the same trades, has no earlier first date', () => {
    fc.assert(
      fc.property(someTrades, fc.nat(8), fc.nat(8), fc.boolean(), (trades, wait, longer, hasLiveOrderToday) => {
        const last =
          trades
            .map(({ tradeDate }) => tradeDate)
            .sort()
            .at(-1) ?? d('2026-06-15');
        const sooner = check({ checkedOn: addDays(last, wait), trades, hasLiveOrderToday });
        const later = check({ checkedOn: addDays(last, wait + longer), trades, hasLiveOrderToday });
        expect(later.firstDate >= sooner.firstDate).toBe(true);
      }),
    );
  });

  it('on the first date, after its evening, nothing of what blocked is left', () => {
    fc.assert(
      fc.property(someTrades, fc.nat(5), (trades, wait) => {
        const last =
          trades
            .map(({ tradeDate }) => tradeDate)
            .sort()
            .at(-1) ?? d('2026-06-15');
        const found = check({ checkedOn: addDays(last, wait), trades });
        expect(found.firstDate >= addDays(last, wait)).toBe(true);
        expect(found.blockers.map(({ code }) => code)).toEqual(found.blockers.map(({ code }) => code).sort(byPlace));
        expect(check({ checkedOn: found.firstDate, isEveningSettled: true, trades }).blockers).toEqual([]);
      }),
    );
  });
});

describe('through several channels', () => {
  const together = (...of: readonly Partial<ClosingFacts>[]) => ofAllChannels(of.map((facts) => check(facts)));
  const sold = { trades: [trade('2026-06-12', 'S')] };
  const bought = { trades: [trade('2026-06-15', 'B')] };

  it('each blocker is told once, with its latest date, in the order of the list', () => {
    const found = together(bought, sold);
    expect(found.blockers.map(({ code, firstDate }) => `${code}=${firstDate}`)).toEqual([
      'TRADED_TODAY=2026-06-16',
      'TRADE_NOT_DELIVERED=2026-06-17',
      'SALE_MONEY_NOT_SETTLED=2026-06-16',
    ]);
    expect([found.firstDate, found.mayCloseNow]).toEqual(['2026-06-17', false]);
    expect(together(sold, bought)).toEqual(found);
  });

  it('nothing in one channel does not clear the other', () => {
    expect(together({}, bought).mayCloseNow).toBe(false);
    expect(together({}, {}).mayCloseNow).toBe(true);
  });

  it('a check of no channel is none', () => {
    expect(() => ofAllChannels([])).toThrow(RangeError);
  });
});
