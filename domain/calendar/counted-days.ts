/**
 * The days that a limit counts: civil working days, Southbound trading days or settlement days. Outside its known range
 * every calendar answers CALENDAR_OUT_OF_RANGE.
 */
import { BusinessError } from '../errors';
import { addDays, weekday, type BusinessDate } from './business-date';
import type { CalendarRow } from './calendar-rows';
import type { MarketCalendar } from './market-calendar';

export interface CountedDays {
  /** First and last known day. */
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  /** Whether the day counts. Throws CALENDAR_OUT_OF_RANGE outside the known range. */
  readonly counts: (date: BusinessDate) => boolean;
}

/** A day on which people of the mainland work, or do not, against the ordinary week. */
export interface CivilDay {
  readonly date: BusinessDate;
  readonly kind: 'OPEN' | 'CLOSED';
}

/**
 * Civil working days: Monday to Friday without the holidays of the mainland, and the make-up days on weekends (facts 10.1
 * rule 2). Holidays of Hong Kong alone count as working days. `from` and `to` are both included.
 * @throws RangeError when a day is told twice with different kinds: reference data of ours
 */
export function civilWorkingDays(input: {
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly days: readonly CivilDay[];
}): CountedDays {
  const { from, to } = input;
  const known = new Map<BusinessDate, CivilDay['kind']>();
  for (const { date, kind } of input.days) {
    if (known.has(date) && known.get(date) !== kind) throw new RangeError(`CIVIL ${date} is both open and closed`);
    known.set(date, kind);
  }
  return {
    from,
    to,
    counts: (date) => {
      if (date < from || date > to) throw new BusinessError('CALENDAR_OUT_OF_RANGE', { date, from, to });
      const kind = known.get(date);
      return kind === undefined ? weekday(date) <= 5 : kind === 'OPEN';
    },
  };
}

/** Civil working days from the rows of the reference data. */
export const civilWorkingDaysOf = (rows: readonly CalendarRow[]): CountedDays => civilWorkingDays(civilDaysOf(rows));

/** @throws RangeError without exactly one known range, or with half days: people work whole days */
function civilDaysOf(rows: readonly CalendarRow[]): Parameters<typeof civilWorkingDays>[0] {
  const civil = rows.filter(({ code }) => code === 'CIVIL');
  const [range, another] = civil.filter(({ kind }) => kind === 'KNOWN');
  if (range === undefined || another !== undefined) throw new RangeError('CIVIL has not exactly one known range');
  const days = civil.flatMap(({ kind, validFrom, validTo }) => {
    const list: CivilDay[] = [];
    if (kind === 'KNOWN') return list;
    if (kind === 'HALF') throw new RangeError(`CIVIL ${validFrom} is a half day`);
    for (let date = validFrom; date < validTo; date = addDays(date, 1)) list.push({ date, kind });
    return list;
  });
  return { from: range.validFrom, to: addDays(range.validTo, -1), days };
}

/**
 * Public holidays of the mainland, with the weekend inside them; an ordinary weekend is none. The days of CIVIL that are
 * closed are the holidays as decreed, weekends inside them included.
 */
export function publicHolidays(civil: Parameters<typeof civilWorkingDays>[0]): CountedDays {
  const { from, to, counts } = civilWorkingDays(civil);
  const decreed = new Set(civil.days.filter(({ kind }) => kind === 'CLOSED').map(({ date }) => date));
  // Asked first, because a date outside the known range is refused and not taken for an ordinary day.
  return { from, to, counts: (date) => !counts(date) && decreed.has(date) };
}

/** Public holidays from the rows of the reference data. */
export const publicHolidaysOf = (rows: readonly CalendarRow[]): CountedDays => publicHolidays(civilDaysOf(rows));

/** Days on which both markets trade, half days included. */
export const tradingDays = ({ from, to, isTradingDay }: MarketCalendar): CountedDays => ({
  from,
  to,
  counts: isTradingDay,
});

/** Trading days that are no half days. */
export const settlementDays = ({ from, to, isSettlementDay }: MarketCalendar): CountedDays => ({
  from,
  to,
  counts: isSettlementDay,
});
