/**
 * When a client may be called back: now or not, why not, and the next span in which it is allowed.
 *
 * Source    Complaints page, "Callback, as a service of its own".
 * Hours     From 09:00, included, until 20:00, excluded; never on a public holiday of the mainland with the weekend
 *           inside it; ordinary weekends and make-up days are allowed.
 * Attempts  A further one is made on another date, at a time of day at least a minute later than that of the last one;
 *           where this leaves nothing of a day, at any time of another day. Then they are used up.
 * Holidays  On a day whose holidays nobody has entered yet nobody is called; where the next span would lie there, there is none to tell.
 * Units     Instants are UTC text with milliseconds, hours are Shanghai wall time.
 */
import { addDays, businessDateOf, daysBetween, shanghaiInstant, type BusinessDate } from '../calendar/business-date';
import type { CountedDays } from '../calendar/counted-days';
import { msOf } from '../deadlines/running-time';
import { BusinessError, type ErrorCode } from '../errors';
import type { CallbackRefusal } from './callback-refusals';

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

/** Dated terms of callbacks. */
export interface CallbackTerms {
  /** Wall time HH:MM, included. */
  readonly callsFrom: string;
  /** Wall time HH:MM, excluded. */
  readonly callsUntil: string;
  readonly attempts: number;
  readonly laterByMinutes: number;
}

/** The terms as the parameters in force say; they are the same in both channels. */
export const callbackTerms = (parameter: (code: string) => string): CallbackTerms => ({
  callsFrom: parameter('CALLBACK_FROM'),
  callsUntil: parameter('CALLBACK_UNTIL'),
  attempts: Number.parseInt(parameter('CALLBACK_ATTEMPTS'), 10),
  laterByMinutes: Number.parseInt(parameter('CALLBACK_LATER_BY_MINUTES'), 10),
});

export type CallbackReason = Extract<ErrorCode, CallbackRefusal>;

export interface CallbackWindow {
  readonly mayCallNow: boolean;
  /** All that apply, in the order of the list. */
  readonly reasons: readonly CallbackReason[];
  /** The span in which a call is allowed, its end excluded; it begins now when a call is allowed now. */
  readonly window: { readonly from: string; readonly until: string } | null;
  /** Attempts are left, and the holidays are not known as far as the next span. */
  readonly isUnknown: boolean;
}

/** From when somebody may be called, for a sentence; in both languages where it is no instant. */
export const callFrom = ({ window }: Pick<CallbackWindow, 'window'>): string =>
  window?.from ?? '节假日录入之日 the day the holidays are entered';

/**
 * @param publicHolidays the days on which nobody is called
 * @throws RangeError where an attempt lies after now
 */
export function callbackWindow(
  now: string,
  attempts: readonly string[],
  publicHolidays: CountedDays,
  terms: CallbackTerms,
): CallbackWindow {
  if (attempts.length >= terms.attempts)
    return { mayCallNow: false, reasons: ['NO_ATTEMPTS_LEFT'], window: null, isUnknown: false };
  const lastAttempt = [...attempts].sort().at(-1) ?? null;
  if (lastAttempt !== null && lastAttempt > now) throw new RangeError(`an attempt at ${lastAttempt} lies after ${now}`);

  const today = businessDateOf(now);
  const lastDate = lastAttempt === null ? null : businessDateOf(lastAttempt);
  const earliestOn = earliestCall(lastAttempt, terms);
  const judged: (CallbackReason | false)[] = [
    isHoliday(today) === true && 'PUBLIC_HOLIDAY',
    !isWithinHours(now, today, terms) && 'OUTSIDE_HOURS',
    lastDate === today && 'SAME_DAY_AS_LAST_ATTEMPT',
    // Before the hours begin every time is too early anyway, and on the day of the last attempt no time is right.
    lastDate !== today &&
      now >= shanghaiInstant(today, terms.callsFrom) &&
      now < earliestOn(today) &&
      'NOT_LATER_TIME_OF_DAY',
    isHoliday(today) === undefined && 'HOLIDAYS_UNKNOWN',
  ];
  const reasons = judged.filter((reason) => reason !== false);
  const window = nextWindow();
  return { mayCallNow: reasons.length === 0, reasons, window, isUnknown: window === null };

  function nextWindow() {
    for (let date = today; ; date = addDays(date, 1)) {
      const earliest = earliestOn(date);
      const from = earliest > now ? earliest : now;
      const until = shanghaiInstant(date, terms.callsUntil);
      if (date === lastDate || from >= until) continue;
      const holiday = isHoliday(date);
      if (holiday === undefined) return null;
      if (!holiday) return { from, until };
    }
  }

  /** Undefined where nobody has entered that yet. */
  function isHoliday(date: BusinessDate): boolean | undefined {
    try {
      return publicHolidays.counts(date);
    } catch (error) {
      if (error instanceof BusinessError && error.code === 'CALENDAR_OUT_OF_RANGE') return undefined;
      throw error;
    }
  }
}

const isWithinHours = (now: string, today: BusinessDate, { callsFrom, callsUntil }: CallbackTerms): boolean =>
  shanghaiInstant(today, callsFrom) <= now && now < shanghaiInstant(today, callsUntil);

/** On a date, the first instant at which a call may be made after the last attempt, were every hour free. */
function earliestCall(lastAttempt: string | null, terms: CallbackTerms): (date: BusinessDate) => string {
  const opening = (date: BusinessDate) => shanghaiInstant(date, terms.callsFrom);
  if (lastAttempt === null) return opening;
  const lastDate = businessDateOf(lastAttempt);
  const laterMs = msOf(lastAttempt) + terms.laterByMinutes * MS_PER_MINUTE;
  return (date) => {
    // Shanghai has no summer time: the same time of day is whole days of 24 hours away.
    const later = new Date(laterMs + daysBetween(lastDate, date) * MS_PER_DAY).toISOString();
    const leavesNothing = later >= shanghaiInstant(date, terms.callsUntil);
    return leavesNothing || later < opening(date) ? opening(date) : later;
  };
}
