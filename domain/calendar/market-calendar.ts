/**
 * Trading and settlement days of the Southbound link.
 *
 * Source   S8-S11, facts 10.1-10.3.
 * Input    The days on which an exchange differs from the ordinary week, as dated rows; Monday to Friday is open,
 *          Saturday and Sunday closed, unless a row says otherwise.
 * Errors   Outside the known range every question is answered with CALENDAR_OUT_OF_RANGE, also where only the
 *          answer would lie outside: a calendar never guesses.
 */
import { BusinessError } from '../errors';
import { addDays, weekday, type BusinessDate } from './business-date';

/** Mainland exchange of the channel (SSE for SH, SZSE for SZ) and the Hong Kong exchange. */
export type Exchange = 'SSE' | 'SZSE' | 'SEHK';
/** HALF: the afternoon is closed; there is trading, but no settlement of trades. */
export type ExchangeDayKind = 'OPEN' | 'HALF' | 'CLOSED';
/** A Southbound trading day is full or half; any other day is none. */
export type DayKind = 'full' | 'half' | 'none';

/** One day of one exchange. */
export interface ExchangeDay {
  readonly exchange: Exchange;
  readonly date: BusinessDate;
  readonly kind: ExchangeDayKind;
}

/** What a calendar answers. Every function throws CALENDAR_OUT_OF_RANGE outside the known range. */
export interface MarketCalendar {
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  /** Both markets trade, half days included. */
  readonly isTradingDay: (date: BusinessDate) => boolean;
  /** A trading day on which Hong Kong closes at noon. */
  readonly isHalfDay: (date: BusinessDate) => boolean;
  /** `full`, `half` or `none`. */
  readonly dayKind: (date: BusinessDate) => DayKind;
  /** Both markets trade, no half day: trades, fees and corporate-action money settle. */
  readonly isSettlementDay: (date: BusinessDate) => boolean;
  /** Hong Kong trades the whole day, whatever the mainland does. */
  readonly isHongKongSettlementDay: (date: BusinessDate) => boolean;
  /** The first trading day after a date. */
  readonly nextTradingDay: (date: BusinessDate) => BusinessDate;
  /** The last trading day before a date. */
  readonly previousTradingDay: (date: BusinessDate) => BusinessDate;
  /** The first day after on which the mainland exchange trades, whatever Hong Kong does. */
  readonly nextMainlandDay: (date: BusinessDate) => BusinessDate;
  /** The last day before on which the mainland exchange trades, whatever Hong Kong does. */
  readonly previousMainlandDay: (date: BusinessDate) => BusinessDate;
  /**
   * When trades of T settle: the first settlement day on or after the n-th Hong Kong settlement day after T (S8).
   * @param cycleDays n, 2 unless the market shortens its cycle
   * @throws BusinessError NOT_A_TRADING_DAY
   */
  readonly tradeSettlementDate: (tradeDate: BusinessDate, cycleDays?: number) => BusinessDate;
  /** When portfolio fee and corporate-action money cleared on T settle: the next settlement day (S9). */
  readonly feeSettlementDate: (clearingDate: BusinessDate) => BusinessDate;
  /** When risk money cleared on T settles: the next trading day, half days included (S9). */
  readonly riskMoneySettlementDate: (clearingDate: BusinessDate) => BusinessDate;
  /** Whether Hong Kong settlement T+1 or T+2 is a mainland holiday (facts 10.1 rule 5). */
  readonly isAddedDay: (tradeDate: BusinessDate) => boolean;
  /** The calendar days that the portfolio fee of T charges: after the previous trading day, up to and with T (S11). */
  readonly calendarDaysCharged: (tradingDay: BusinessDate) => readonly BusinessDate[];
}

/**
 * A calendar over a known range, both ends included.
 * @throws RangeError when a day lies outside the range or is told twice with different kinds: reference data of ours
 */
export function marketCalendar(input: {
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly days: readonly ExchangeDay[];
  readonly mainland?: 'SSE' | 'SZSE';
}): MarketCalendar {
  const { from, to, days, mainland = 'SSE' } = input;
  const { kindOf, trades, settles, settlesInHongKong } = marketDays({ from, to, days, mainland });
  // Asking the kind of a day refuses a day outside the range.
  const requireKnown = (date: BusinessDate) => void kindOf(mainland, date);
  const requireTradingDay = (date: BusinessDate) => {
    if (!trades(date)) throw new BusinessError('NOT_A_TRADING_DAY', { date });
  };

  type Holds = (day: BusinessDate, asked: BusinessDate) => boolean;
  const dayBeside = (step: 1 | -1, holds: Holds) =>
    remembered((date) => {
      requireKnown(date);
      return firstDay(addDays(date, step), step, (day) => holds(day, date));
    });
  const nextTradingDay = dayBeside(1, trades);
  const previousTradingDay = dayBeside(-1, trades);
  const mainlandTrades: Holds = (day, asked) => kindOf(mainland, day, asked) !== 'CLOSED';
  const nextMainlandDay = dayBeside(1, mainlandTrades);
  const previousMainlandDay = dayBeside(-1, mainlandTrades);
  const hongKongSettlementDayAfter = (date: BusinessDate, count: number) => {
    let day = date;
    for (let n = 0; n < count; n += 1) day = firstDay(addDays(day, 1), 1, (next) => settlesInHongKong(next, date));
    return day;
  };
  const settlementByCycle = new Map<number, (date: BusinessDate) => BusinessDate>();
  const settlementAfter = (cycleDays: number) => {
    const memo =
      settlementByCycle.get(cycleDays) ??
      remembered((date) => {
        requireTradingDay(date);
        return firstDay(hongKongSettlementDayAfter(date, cycleDays), 1, (day) => settles(day, date));
      });
    settlementByCycle.set(cycleDays, memo);
    return memo;
  };
  const isHalfDay = (date: BusinessDate) => trades(date) && !settles(date);

  return {
    from,
    to,
    isTradingDay: (date) => trades(date),
    isHalfDay,
    dayKind: (date) => (!trades(date) ? 'none' : isHalfDay(date) ? 'half' : 'full'),
    isSettlementDay: (date) => settles(date),
    isHongKongSettlementDay: (date) => settlesInHongKong(date),
    nextTradingDay,
    previousTradingDay,
    nextMainlandDay,
    previousMainlandDay,
    tradeSettlementDate: (tradeDate, cycleDays = 2) => settlementAfter(cycleDays)(tradeDate),
    feeSettlementDate: remembered((date) => {
      requireTradingDay(date);
      return firstDay(addDays(date, 1), 1, (day) => settles(day, date));
    }),
    riskMoneySettlementDate: (date) => {
      requireTradingDay(date);
      return nextTradingDay(date);
    },
    isAddedDay: remembered((date) => {
      requireTradingDay(date);
      return [1, 2].some((n) => kindOf(mainland, hongKongSettlementDayAfter(date, n), date) === 'CLOSED');
    }),
    calendarDaysCharged: (date) => {
      requireTradingDay(date);
      const charged: BusinessDate[] = [];
      for (let day = addDays(previousTradingDay(date), 1); day <= date; day = addDays(day, 1)) charged.push(day);
      return charged;
    },
  };
}

/** The first day from `start` on, forwards or backwards, of which something holds. */
function firstDay(start: BusinessDate, step: 1 | -1, holds: (date: BusinessDate) => boolean): BusinessDate {
  let date = start;
  while (!holds(date)) date = addDays(date, step);
  return date;
}

/** What kind of day a date is. `asked` is the date of the question, which an error names. */
function marketDays(input: {
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly days: readonly ExchangeDay[];
  readonly mainland: Exchange;
}) {
  const { from, to, mainland } = input;
  const known = knownDays(from, to, input.days);
  const kindOf = (exchange: Exchange, date: BusinessDate, asked = date): ExchangeDayKind => {
    if (date < from || date > to) throw new BusinessError('CALENDAR_OUT_OF_RANGE', { date: asked, from, to });
    return known.get(keyOf(exchange, date)) ?? (weekday(date) <= 5 ? 'OPEN' : 'CLOSED');
  };
  const trades = (date: BusinessDate, asked = date) =>
    kindOf(mainland, date, asked) !== 'CLOSED' && kindOf('SEHK', date, asked) !== 'CLOSED';
  const settlesInHongKong = (date: BusinessDate, asked = date) => kindOf('SEHK', date, asked) === 'OPEN';
  const settles = (date: BusinessDate, asked = date) =>
    settlesInHongKong(date, asked) && kindOf(mainland, date, asked) === 'OPEN';
  return { kindOf, trades, settles, settlesInHongKong };
}

const keyOf = (exchange: Exchange, date: BusinessDate) => `${exchange} ${date}`;

function knownDays(from: BusinessDate, to: BusinessDate, days: readonly ExchangeDay[]): Map<string, ExchangeDayKind> {
  const known = new Map<string, ExchangeDayKind>();
  for (const { exchange, date, kind } of days) {
    if (date < from || date > to) throw new RangeError(`${exchange} ${date} lies outside ${from} to ${to}`);
    const told = known.get(keyOf(exchange, date));
    if (told !== undefined && told !== kind) throw new RangeError(`${exchange} ${date} is both ${told} and ${kind}`);
    known.set(keyOf(exchange, date), kind);
  }
  return known;
}

/** A file of a million rows asks for the same few dates: each answer is searched once. */
function remembered<T>(answer: (date: BusinessDate) => T): (date: BusinessDate) => T {
  const answers = new Map<BusinessDate, T>();
  return (date) => {
    const known = answers.get(date);
    if (known !== undefined) return known;
    const found = answer(date);
    answers.set(date, found);
    return found;
  };
}
