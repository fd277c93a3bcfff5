import { addDays, parseBusinessDate as d, type BusinessDate } from '../../../domain/calendar/business-date';
import { calendarOf } from '../../../domain/calendar/calendar-rows';
import { marketCalendar } from '../../../domain/calendar/market-calendar';
import { readReference } from '../../../prisma/reference';
import { codeOf, refusalOf } from '../refusals';

const { calendars } = readReference();
const calendar = calendarOf(calendars, 'SH');
const datesOf = (year: number): BusinessDate[] => {
  const dates: BusinessDate[] = [];
  for (let date = d(`${year}-01-01`); date <= `${year}-12-31`; date = addDays(date, 1)) dates.push(date);
  return dates;
};

describe('the known calendar', () => {
  it.each([
    [2024, 233],
    [2025, 237],
    [2026, 236],
  ])('%s has %s trading days, half days included (facts 10.2)', (year, count) => {
    expect(datesOf(year).filter(calendar.isTradingDay)).toHaveLength(count);
  });

  it('knows the half days on which there is trading', () => {
    const halfDays = [2024, 2025, 2026].flatMap((year) => datesOf(year).filter(calendar.isHalfDay));
    expect(halfDays).toEqual(['2024-12-24', '2024-12-31', '2025-12-24', '2025-12-31', '2026-12-24', '2026-12-31']);
  });

  it.each([
    ['2025-06-26', 'full', true, true, 'a plain Thursday'],
    ['2025-12-24', 'half', false, false, 'Christmas Eve'],
    ['2025-01-28', 'none', false, false, 'half day in Hong Kong, mainland closed'],
    ['2025-07-01', 'none', false, false, 'Hong Kong closed'],
    ['2025-10-02', 'none', false, true, 'mainland closed, Hong Kong settles'],
    ['2026-02-14', 'none', false, false, 'make-up Saturday'],
  ] as const)('%s is %s (settles %s, Hong Kong settles %s): %s', (date, kind, settles, hongKong, _why) => {
    expect(calendar.dayKind(d(date))).toBe(kind);
    expect(calendar.isTradingDay(d(date))).toBe(kind !== 'none');
    expect(calendar.isSettlementDay(d(date))).toBe(settles);
    expect(calendar.isHongKongSettlementDay(d(date))).toBe(hongKong);
  });

  it('knows the days of the mainland alone: 1 July 2025 is none of Southbound', () => {
    expect(calendar.previousTradingDay(d('2025-07-02'))).toBe('2025-06-30');
    expect(calendar.previousMainlandDay(d('2025-07-02'))).toBe('2025-07-01');
    expect([calendar.nextMainlandDay(d('2025-06-30')), calendar.nextTradingDay(d('2025-06-30'))]).toEqual([
      '2025-07-01',
      '2025-07-02',
    ]);
    // The mainland was closed on Monday 2 June 2025.
    expect(calendar.previousMainlandDay(d('2025-06-03'))).toBe('2025-05-30');
    expect(codeOf(() => calendar.previousMainlandDay(d('2024-01-01')))).toBe('CALENDAR_OUT_OF_RANGE');
  });

  it('reproduces the published shifts of the added days (facts 10.3)', () => {
    const published = [
      ['2024-02-07', '2024-02-19'],
      ['2024-02-08', '2024-02-19'],
      ['2024-04-02', '2024-04-08'],
      ['2024-04-03', '2024-04-08'],
      ['2024-04-29', '2024-05-06'],
      ['2024-04-30', '2024-05-06'],
      ['2024-09-12', '2024-09-19'],
      ['2024-09-13', '2024-09-19'],
      ['2024-09-27', '2024-10-08'],
      ['2024-09-30', '2024-10-08'],
      ['2025-01-24', '2025-02-05'],
      ['2025-01-27', '2025-02-05'],
      ['2025-04-29', '2025-05-06'],
      ['2025-04-30', '2025-05-06'],
      ['2025-05-29', '2025-06-03'],
      ['2025-05-30', '2025-06-03'],
      ['2025-09-29', '2025-10-09'],
      ['2025-09-30', '2025-10-09'],
      ['2025-12-29', '2026-01-05'],
      ['2025-12-30', '2026-01-05'],
      ['2025-12-31', '2026-01-05'],
      ['2026-02-12', '2026-02-24'],
      ['2026-02-13', '2026-02-24'],
      ['2026-04-29', '2026-05-06'],
      ['2026-04-30', '2026-05-06'],
      ['2026-09-23', '2026-09-28'],
      ['2026-09-24', '2026-09-28'],
      ['2026-09-29', '2026-10-08'],
      ['2026-09-30', '2026-10-08'],
    ].map(([trade = '', settles = '']) => [d(trade), d(settles)] as const);
    for (const [trade, settles] of published)
      expect([trade, calendar.tradeSettlementDate(trade)]).toEqual([trade, settles]);
    const known = [2024, 2025, 2026].flatMap((year) => datesOf(year).filter(calendar.isTradingDay)).slice(0, -3);
    expect(known.filter(calendar.isAddedDay)).toEqual(published.map(([trade]) => trade));
  });

  it('settles trades on or after the second trading day, on a settlement day, in the order of the trade dates', () => {
    const trades = [2024, 2025, 2026].flatMap((year) => datesOf(year).filter(calendar.isTradingDay)).slice(0, -4);
    let last = d('2024-01-01');
    for (const date of trades) {
      const settles = calendar.tradeSettlementDate(date);
      const second = calendar.nextTradingDay(calendar.nextTradingDay(date));
      // On added days Hong Kong moves on while the mainland is closed, so T+2 may be the next trading day.
      if (!calendar.isAddedDay(date)) expect(settles >= second).toBe(true);
      expect(settles > date && calendar.isSettlementDay(settles) && settles >= last).toBe(true);
      expect(calendar.feeSettlementDate(date) <= settles).toBe(true);
      expect(calendar.riskMoneySettlementDate(date) <= calendar.feeSettlementDate(date)).toBe(true);
      last = settles;
    }
  });

  it('charges every calendar day exactly once', () => {
    const trading = datesOf(2025).filter(calendar.isTradingDay);
    const charged = trading.flatMap((date) => calendar.calendarDaysCharged(date));
    expect(charged).toEqual([...new Set(charged)].sort());
    expect(charged).toHaveLength(datesOf(2025).filter((date) => date <= '2025-12-31').length);
    expect(calendar.calendarDaysCharged(d('2025-07-02'))).toEqual(['2025-07-01', '2025-07-02']);
    expect(calendar.calendarDaysCharged(d('2025-06-26'))).toEqual(['2025-06-26']);
  });

  it('shortens the cycle by its parameter', () => {
    expect(calendar.tradeSettlementDate(d('2025-06-26'))).toBe('2025-06-30');
    expect(calendar.tradeSettlementDate(d('2025-06-26'), 1)).toBe('2025-06-27');
    expect(calendar.tradeSettlementDate(d('2025-06-26'))).toBe('2025-06-30');
  });
});

describe('outside what is known', () => {
  const { tradeSettlementDate, nextTradingDay, previousTradingDay, feeSettlementDate, isAddedDay } = calendar;

  it.each([
    ['the day before the range', () => calendar.isTradingDay(d('2023-12-31'))],
    ['the day after the range', () => calendar.isSettlementDay(d('2027-01-01'))],
    ['a question from outside whose answer lies inside', () => nextTradingDay(d('2023-12-31'))],
    ['the same backwards', () => previousTradingDay(d('2027-01-01'))],
    ['the trading day before the first', () => previousTradingDay(d('2024-01-02'))],
    ['the trading day after the last', () => nextTradingDay(d('2026-12-31'))],
    ['a trade that settles in 2027', () => tradeSettlementDate(d('2026-12-29'))],
    ['a fee that settles in 2027', () => feeSettlementDate(d('2026-12-30'))],
    ['Hong Kong settlement days of 2027', () => isAddedDay(d('2026-12-30'))],
    ['the days charged on the first trading day', () => calendar.calendarDaysCharged(d('2024-01-02'))],
    ['the half day before the range', () => calendar.dayKind(d('2023-12-29'))],
  ])('%s: an error, not a guess', (_, question) => {
    expect(codeOf(question)).toBe('CALENDAR_OUT_OF_RANGE');
    expect(codeOf(question)).toBe('CALENDAR_OUT_OF_RANGE');
  });

  it('answers up to the last answer it knows', () => {
    expect(tradeSettlementDate(d('2026-12-28'))).toBe('2026-12-30');
    expect(calendar.riskMoneySettlementDate(d('2026-12-30'))).toBe('2026-12-31');
    expect(previousTradingDay(d('2024-01-03'))).toBe('2024-01-02');
  });

  it('names the date of the question in the error', () => {
    const refusal = refusalOf(() => tradeSettlementDate(d('2026-12-29')));
    expect(refusal?.details).toEqual({ date: '2026-12-29', from: '2024-01-01', to: '2026-12-31' });
  });
});

it.each(['2025-06-28', '2025-07-01', '2026-01-02'])('no settlement of a trade of %s: no trading day', (date) => {
  expect(codeOf(() => calendar.tradeSettlementDate(d(date)))).toBe('NOT_A_TRADING_DAY');
  expect(codeOf(() => calendar.feeSettlementDate(d(date)))).toBe('NOT_A_TRADING_DAY');
  expect(codeOf(() => calendar.riskMoneySettlementDate(d(date)))).toBe('NOT_A_TRADING_DAY');
  expect(codeOf(() => calendar.isAddedDay(d(date)))).toBe('NOT_A_TRADING_DAY');
  expect(codeOf(() => calendar.calendarDaysCharged(d(date)))).toBe('NOT_A_TRADING_DAY');
});

describe('rows that contradict', () => {
  const range = { from: d('2025-06-23'), to: d('2025-06-27') };

  it('refuses a day told twice with different kinds, and a day outside the range', () => {
    const day = { exchange: 'SEHK', date: d('2025-06-24') } as const;
    expect(() =>
      marketCalendar({
        ...range,
        days: [
          { ...day, kind: 'HALF' },
          { ...day, kind: 'CLOSED' },
        ],
      }),
    ).toThrow(RangeError);
    expect(() => marketCalendar({ ...range, days: [{ ...day, date: d('2025-06-30'), kind: 'HALF' }] })).toThrow(
      RangeError,
    );
  });

  it('takes an ad-hoc closure: trades settle later', () => {
    const days = [{ exchange: 'SEHK', date: d('2025-06-25'), kind: 'CLOSED' }] as const;
    const typhoon = marketCalendar({ ...range, days });
    expect(marketCalendar({ ...range, days: [] }).tradeSettlementDate(d('2025-06-23'))).toBe('2025-06-25');
    expect(typhoon.tradeSettlementDate(d('2025-06-23'))).toBe('2025-06-26');
  });

  it('needs one known range of each exchange', () => {
    expect(() => calendarOf([], 'SH')).toThrow(RangeError);
    expect(calendarOf(calendars, 'SZ').isTradingDay(d('2025-06-26'))).toBe(true);
  });
});
