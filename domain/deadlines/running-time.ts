/**
 * How long a clock has run since an instant, where it runs in desk time on counted days only (or always), and not while it
 * is stopped. Milliseconds and days are whole numbers.
 */
import { addDays, businessDateOf, shanghaiInstant } from '../calendar/business-date';
import type { CountedDays } from '../calendar/counted-days';
import { BusinessError } from '../errors';

/** Hours at which people work, Shanghai time, without a break: '09:00' to '17:30'. */
export interface DeskHours {
  readonly opens: string;
  readonly closes: string;
}

/** The clock stood from an instant (included) until another (excluded), UTC. */
export interface Stop {
  readonly from: string;
  readonly to: string;
}

/** A stretch of time in which the clock runs, its end excluded. */
interface Window {
  readonly from: number;
  readonly to: number;
}

export interface RunningTime {
  /** How long it has run by an instant; 0 before the first. */
  readonly runUntil: (instant: string) => number;
  /** Earliest instant at which it has run so long. */
  readonly instantAfter: (ms: number) => string;
}

/** Milliseconds of an instant. */
export const msOf = (instant: string): number => Date.parse(instant);

/**
 * The clock from an instant on. Its answers throw CALENDAR_OUT_OF_RANGE where they need a day that `days` does not know.
 * @param desk left away: the clock runs day and night, on every known day
 * @throws RangeError for a stop that ends before it begins
 */
export function runningAfter(input: {
  readonly from: number;
  readonly days: CountedDays;
  readonly desk: DeskHours | undefined;
  readonly stops: readonly Stop[];
}): RunningTime {
  const { from } = input;
  const stops = input.stops
    .map((stop) => ({ from: msOf(stop.from), to: msOf(stop.to) }))
    .sort((a, b) => a.from - b.from);
  if (stops.some((stop) => stop.to < stop.from)) throw new RangeError('a stop ends before it begins');
  const instant = (ms: number) => new Date(ms).toISOString();
  return {
    runUntil: (until) => {
      let run = 0;
      for (const window of windowsFrom(input, stops, msOf(until))) run += window.to - window.from;
      return run;
    },
    instantAfter: (ms) => {
      if (ms === 0) return instant(from);
      let left = ms;
      for (const window of windowsFrom(input, stops)) {
        const length = window.to - window.from;
        if (length >= left) return instant(window.from + left);
        left -= length;
      }
      throw new RangeError('days without end came to an end');
    },
  };
}

/** The stretches in which the clock runs, in their order, until an instant or without end. */
function* windowsFrom(
  { from, days, desk }: { readonly from: number; readonly days: CountedDays; readonly desk: DeskHours | undefined },
  stops: readonly Window[],
  until = Number.POSITIVE_INFINITY,
): Generator<Window> {
  const receivedOn = businessDateOf(new Date(from).toISOString());
  for (let date = receivedOn; ; date = addDays(date, 1)) {
    const midnight = msOf(shanghaiInstant(date, '00:00'));
    if (midnight >= until) return;
    if (date < days.from || date > days.to) {
      throw new BusinessError('CALENDAR_OUT_OF_RANGE', { date: receivedOn, from: days.from, to: days.to });
    }
    if (desk !== undefined && !days.counts(date)) continue;
    const window = {
      from: Math.max(from, desk === undefined ? midnight : msOf(shanghaiInstant(date, desk.opens))),
      to: Math.min(
        until,
        desk === undefined
          ? msOf(shanghaiInstant(addDays(date, 1), '00:00'))
          : msOf(shanghaiInstant(date, desk.closes)),
      ),
    };
    yield* withoutStops(window, stops);
  }
}

/** What is left of a window outside the stops, which come in the order of their beginning. */
function* withoutStops({ from, to }: Window, stops: readonly Window[]): Generator<Window> {
  let at = from;
  for (const stop of stops) {
    if (stop.to <= at || stop.from >= to) continue;
    if (stop.from > at) yield { from: at, to: stop.from };
    at = Math.max(at, stop.to);
  }
  if (at < to) yield { from: at, to };
}
