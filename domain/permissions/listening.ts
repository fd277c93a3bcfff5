/**
 * Whether a disclosure was heard to its end: what the channel reports is believed only as far as it can be true (A2 §9).
 *
 * Source     Permissions, step 3: start, end and the length listened are reported; jumping does not count.
 * Units      Positions in whole seconds from the beginning of the recording; instants in UTC.
 * Inclusive  A stretch holds its first second and not its last: 0 to 60 is one minute, and meets 60 to 120.
 */
import type { ErrorCode } from '../errors';
import type { DisclosureRefusal } from './disclosure-refusals';

/** One stretch that a channel says was played. */
export interface Stretch {
  readonly fromSecond: number;
  readonly toSecond: number;
  /** When it began and ended to play, UTC with milliseconds. */
  readonly startedAt: string;
  readonly endedAt: string;
}

export type ListeningFault = Extract<ErrorCode, DisclosureRefusal>;

/** A stretch that cannot be true; `nth` counts the reported ones from 0. */
export interface FaultyStretch {
  readonly code: ListeningFault;
  readonly nth: number;
}

/**
 * Clocks of telephones and the time that a report travels: so much quicker than real time is no forgery. It is given once to a request,
 * not to each stretch: many short ones would otherwise be heard in no time.
 */
const TOLERANCE_MS = 2_000;

/**
 * All faults of what is reported, in the order of the stretches; none: it can be true.
 * @param before what was believed earlier in the same request
 * @param since since when there is something to listen to
 * @param now when the report came in
 */
export function listeningFaults(input: {
  readonly reported: readonly Stretch[];
  readonly before: readonly Stretch[];
  readonly recordingSeconds: number;
  readonly since: string;
  readonly now: string;
}): readonly FaultyStretch[] {
  const { reported, before, recordingSeconds, since, now } = input;
  const believed = [...before];
  return reported.flatMap((stretch, nth) => {
    const earlier = [...before, ...reported.slice(0, nth)];
    const codes: (ListeningFault | false)[] = [
      !isInside(stretch, recordingSeconds) && 'STRETCH_OUTSIDE_RECORDING',
      gainedMs(stretch) > TOLERANCE_MS && 'STRETCH_QUICKER_THAN_TIME',
      stretch.endedAt > later(now, TOLERANCE_MS) && 'STRETCH_IN_THE_FUTURE',
      earlier.some((other) => overlapInTime(stretch, other)) && 'STRETCHES_AT_ONCE',
    ];
    const faults = codes.filter((code) => code !== false);
    if (faults.length === 0 && areQuickerThanTime([...believed, stretch], since, now))
      faults.push('STRETCH_QUICKER_THAN_TIME');
    if (faults.length === 0) believed.push(stretch);
    return faults.map((code) => ({ code, nth }));
  });
}

/** Seconds of the recording that were heard at least once. */
export function heardSeconds(stretches: readonly Stretch[]): number {
  let [heard, until] = [0, 0];
  for (const { fromSecond, toSecond } of [...stretches].sort((a, b) => a.fromSecond - b.fromSecond)) {
    const begin = Math.max(fromSecond, until);
    if (toSecond > begin) heard += toSecond - begin;
    until = Math.max(until, toSecond);
  }
  return heard;
}

/** Heard to its end: every second of it, in whatever order. */
export const isHeardWhole = (stretches: readonly Stretch[], recordingSeconds: number): boolean =>
  heardSeconds(stretches) >= recordingSeconds;

const isInside = ({ fromSecond, toSecond }: Stretch, recordingSeconds: number): boolean =>
  fromSecond >= 0 && fromSecond < toSecond && toSecond <= recordingSeconds;

/** By how much a stretch is longer than the time that it took; what was paused elsewhere is no credit. */
const gainedMs = ({ fromSecond, toSecond, startedAt, endedAt }: Stretch): number =>
  Math.max(0, (toSecond - fromSecond) * 1_000 - (Date.parse(endedAt) - Date.parse(startedAt)));

/** All together: more was gained than clocks explain, or more was played than time passed between the step's beginning and now. */
function areQuickerThanTime(stretches: readonly Stretch[], since: string, now: string): boolean {
  const gained = stretches.reduce((sum, stretch) => sum + gainedMs(stretch), 0);
  const played = stretches.reduce((sum, { fromSecond, toSecond }) => sum + (toSecond - fromSecond) * 1_000, 0);
  return gained > TOLERANCE_MS || played > passedMs(stretches, since, now) + TOLERANCE_MS;
}

/** Real time that the stretches cover, each moment once. */
function passedMs(stretches: readonly Stretch[], since: string, now: string): number {
  let [passed, until] = [0, Date.parse(since)];
  for (const { startedAt, endedAt } of [...stretches].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))) {
    const begin = Math.max(Date.parse(startedAt), until);
    const end = Math.min(Date.parse(endedAt), Date.parse(now));
    if (end > begin) passed += end - begin;
    until = Math.max(until, end);
  }
  return passed;
}

/** One pair of ears: nothing is heard while something else is. */
const overlapInTime = (one: Stretch, other: Stretch): boolean =>
  later(one.startedAt, TOLERANCE_MS) < other.endedAt && later(other.startedAt, TOLERANCE_MS) < one.endedAt;

const later = (instant: string, milliseconds: number): string =>
  new Date(Date.parse(instant) + milliseconds).toISOString();
