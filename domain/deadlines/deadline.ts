/**
 * When a promise is due, and when a share of its span has run.
 *
 * Source   Complaints page (stages at 50 %, 80 %, 100 % of business minutes or of calendar days); decisions of the case table
 *          `business-deadlines`.
 * Rule     The day of receipt is day 0 whatever the hour. The clock runs in desk time on counted days, for CALENDAR_DAYS and
 *          CLOCK_TIME always, and never while it is stopped. The span is what runs from receipt to the due instant without
 *          stops, and stays the same when the clock is stopped: due and the instants of all shares are the earliest instants
 *          at which that share of the span has run.
 * Units    Instants are UTC text with milliseconds; shares are whole percent; the span is in milliseconds.
 * Rounding A share that falls between two milliseconds has run at the later one.
 * Errors   CALENDAR_OUT_OF_RANGE where any of it needs a day beyond the known calendar.
 */
import { addDays, businessDateOf, shanghaiInstant, type BusinessDate } from '../calendar/business-date';
import type { CountedDays } from '../calendar/counted-days';
import { BusinessError } from '../errors';
import { runsAlways, type Limit } from './limit';
import { msOf, runningAfter, type DeskHours, type Stop } from './running-time';

export interface Promised {
  readonly limit: Limit;
  /** Receipt, UTC. */
  readonly receivedAt: string;
  /** In any order; what two of them share counts once. */
  readonly stops: readonly Stop[];
  readonly desk: DeskHours;
}

export interface Deadline {
  /** What must run from receipt until it is due. */
  readonly spanMs: number;
  readonly dueAt: string;
  /** Earliest instant at which so many percent of the span have run, 0 to 100. */
  readonly at: (percent: number) => string;
}

/**
 * The instants of a promise.
 * @param days those that the limit counts: civil, trading or settlement days
 * @throws BusinessError CALENDAR_OUT_OF_RANGE; INPUT_INVALID for a clock time that is none
 * @throws RangeError for a limit without length, and for a share outside 0 to 100
 */
export function deadline(promised: Promised, days: CountedDays): Deadline {
  const { limit, receivedAt, stops, desk } = promised;
  const from = msOf(receivedAt);
  const running = (without: readonly Stop[]) =>
    runningAfter({ from, days, desk: runsAlways(limit.kind) ? undefined : desk, stops: without });
  const spanMs = spanOf(promised, days, running([]));
  // A clock time that had passed at receipt: nothing runs, everything was due then.
  if (spanMs <= 0) {
    const due = clockTimeOf(limit, receivedAt);
    return { spanMs: 0, dueAt: due, at: (percent) => (requireShare(percent), due) };
  }
  const clock = running(stops);
  const at = (percent: number) => clock.instantAfter(upWhole(spanMs * requireShare(percent), 100));
  return { spanMs, dueAt: at(100), at };
}

/** In time is done at or before the instant at which it was due. */
export const isInTime = (doneAt: string, dueAt: string): boolean => msOf(doneAt) <= msOf(dueAt);

/** What runs from receipt to the unstopped due instant. */
function spanOf(
  { limit, receivedAt, desk }: Promised,
  days: CountedDays,
  unstopped: ReturnType<typeof runningAfter>,
): number {
  const isWhole = Number.isInteger(limit.n) && limit.n >= (limit.kind === 'CLOCK_TIME' ? 0 : 1);
  if (!isWhole) throw new RangeError(`a limit of ${limit.n} ${limit.kind}`);
  const receivedOn = businessDateOf(receivedAt);
  switch (limit.kind) {
    case 'BUSINESS_HOURS':
      return limit.n * 3_600_000;
    case 'CALENDAR_DAYS':
      // Due at the end of the day, written 00:00 of the next: the last known day may be promised.
      return unstopped.runUntil(shanghaiInstant(addDays(receivedOn, limit.n + 1), '00:00'));
    case 'CLOCK_TIME': {
      const due = clockTimeOf(limit, receivedAt);
      return msOf(due) <= msOf(receivedAt) ? 0 : unstopped.runUntil(due);
    }
    case 'BUSINESS_DAYS':
    case 'TRADING_DAYS':
    case 'SETTLEMENT_DAYS':
      return unstopped.runUntil(shanghaiInstant(countedDayAfter(receivedOn, limit.n, days), desk.closes));
  }
}

function clockTimeOf(limit: Limit, receivedAt: string): string {
  if (limit.kind !== 'CLOCK_TIME') throw new RangeError(`${limit.kind} has no clock time`);
  return shanghaiInstant(addDays(businessDateOf(receivedAt), limit.n), limit.time);
}

/** The n-th counted day after a date. */
function countedDayAfter(date: BusinessDate, n: number, { counts, from, to }: CountedDays): BusinessDate {
  let day = date;
  for (let counted = 0; counted < n;) {
    day = addDays(day, 1);
    // Asked of the day of receipt: that is the question that has no answer.
    if (day < from || day > to) throw new BusinessError('CALENDAR_OUT_OF_RANGE', { date, from, to });
    if (counts(day)) counted += 1;
  }
  return day;
}

/** The quotient of whole numbers, up to a whole number. */
const upWhole = (dividend: number, divisor: number): number => {
  const more = dividend + divisor - 1;
  return (more - (more % divisor)) / divisor;
};

function requireShare(percent: number): number {
  if (!Number.isInteger(percent) || percent < 0 || percent > 100) throw new RangeError(`a share of ${percent} %`);
  return percent;
}
