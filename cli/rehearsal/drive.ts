/**
 * Goes through settlement days on the clock of a rehearsal: 08:00, the operator starts the day, then from one thing that
 * happens to the next - somebody's deadline, something outside, somebody of the cast, a holder - until the day is closed or over.
 */
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import { minutesAfter, shanghaiWallClock } from '../../domain/calendar/instants';
import { dayStartOf } from '../../domain/settlement/day-start';
import { ApiRefusal, type ApiClient } from './api-client';
import type { Break, Clock, FileLine, Notice, SettlementDay } from './api-answers';
import { openCast, OPERATOR, SUPERVISOR, type Cast } from './cast';
import type { Disturbances } from './courses/disturbances';
import { newEvents, type DayLook } from './day-events';
import type { DaysFolder } from './days-folder';
import { openHolders } from './holders';
import { dayPath, readSummary, type DaySummary } from './day-summary';
import { dayHeading, progressBar, summaryLine, type Journal } from './journal';

const ENDS_AT = '23:59';
/** What a file leads to that comes after the end of its day: posting, and exceptions that are signed. */
const AFTER_LAST_FILE_MINUTES = 30;
/** What takes longer than this is told, as long as it goes on. */
const LONG_MS = 2_000;

export interface Stage {
  readonly api: ApiClient;
  readonly journal: Journal;
  readonly folder: DaysFolder;
  /** When something outside happens next by itself, as far as the simulators know. */
  readonly outsideNext: () => Promise<string | undefined>;
  /** How many days there are, and which of them this is, from 1. */
  readonly place: { readonly day: number; readonly of: number };
  /** When the last file of the day comes, UTC; it may be the next morning. */
  readonly lastArrival: string;
  /** Tells that the run is to end: the day goes no further. */
  readonly stopping: () => boolean;
  /** What goes wrong at its moments, in a course of faults. */
  readonly disturbances?: Disturbances | undefined;
  /** Kinds of tasks that the cast does besides. */
  readonly takes?: readonly string[] | undefined;
}

/** Runs a day to its close or its end. A day that is closed already is only summed up. */
export async function driveDay(stage: Stage, date: BusinessDate): Promise<DaySummary> {
  const { api, journal } = stage;
  const before = await dayIfStarted(api, date);
  if (before !== undefined && before.closedAt !== null) return readSummary(api, date);

  journal.say();
  journal.say(journal.paint('strong', dayHeading(date, stage.place)));
  await moveTo(stage, dayStartOf(date), true);
  await api.write(OPERATOR, 'PUT', dayPath(date), {}, `start:${date}`);
  await goThrough(stage, date, openCast(api, stage.takes));
  const summary = await readSummary(api, date);
  journal.say(journal.paint(summary.closedAt === null ? 'bad' : 'strong', summaryLine(summary)));
  return summary;
}

async function goThrough(stage: Stage, date: BusinessDate, cast: Cast): Promise<void> {
  const { api, journal, folder, lastArrival, stopping, disturbances } = stage;
  const holders = openHolders(api, folder, date);
  const end = endOf(stage, date);
  const told = new Set<string>();
  let clock = await moveTo(stage, await nowOf(api));
  while (!stopping()) {
    const look = await lookAt(api, date);
    journal.events(newEvents(look, told));
    // A file may come after the close: it is seen to arrive, and told.
    if ((look.day.closedAt !== null && clock.now >= lastArrival) || clock.now >= end) return;
    await cast.look(look.day, signableAt(stage, look.day));
    if (
      (await disturbances?.actUntil(clock.now)) === true ||
      (await holders.actUntil(clock.now)) ||
      (await cast.actUntil(clock.now))
    ) {
      // What they did is let settle before anything else happens.
      clock = await moveTo(stage, clock.now);
      continue;
    }
    const acting = [cast.nextAt(), holders.nextAt(), disturbances?.nextAt()];
    const coming = [...acting, clock.nextWait?.at, await stage.outsideNext(), end];
    const next = coming.filter((at) => at !== undefined && at > clock.now).sort()[0] ?? end;
    clock = await moveTo(stage, next < end ? next : end);
  }
}

/** The end of the day, or half an hour after a file that comes later still. */
function endOf({ lastArrival }: Stage, date: BusinessDate): string {
  const end = shanghaiInstant(date, ENDS_AT);
  if (lastArrival < end) return end;
  return minutesAfter(lastArrival, AFTER_LAST_FILE_MINUTES);
}

/**
 * Exceptions are signed once the evening's steps have begun and nothing more is announced to come: before, a newer version may
 * still make them needless.
 */
function signableAt({ lastArrival }: Stage, { steps }: SettlementDay): string | undefined {
  const postedAt = steps.map(({ at }) => at).sort()[0];
  return postedAt === undefined || postedAt > lastArrival ? postedAt : lastArrival;
}

async function lookAt(api: ApiClient, date: BusinessDate): Promise<DayLook> {
  const path = dayPath(date);
  const [day, files, breaks, notices] = await Promise.all([
    api.read<SettlementDay>(SUPERVISOR, path),
    api.readAll<FileLine>(SUPERVISOR, `${path}/files`),
    api.readAll<Break>(SUPERVISOR, `${path}/breaks`),
    api.readAll<Notice>(SUPERVISOR, `${path}/notices`),
  ]);
  return { day, files, breaks, notices };
}

async function dayIfStarted(api: ApiClient, date: BusinessDate): Promise<SettlementDay | undefined> {
  try {
    return await api.read<SettlementDay>(SUPERVISOR, dayPath(date));
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

const nowOf = async (api: ApiClient): Promise<string> => (await api.read<Clock>(SUPERVISOR, '/v1/clock')).now;

/** The operator moves the clock; the answer comes when everything at its instants is done. */
export async function moveTo(
  { api, journal, place }: Pick<Stage, 'api' | 'journal' | 'place'>,
  to: string,
  unlessLater = false,
): Promise<Clock> {
  if (unlessLater) {
    const clock = await api.read<Clock>(SUPERVISOR, '/v1/clock');
    if (clock.now > to) return clock;
  }
  const began = performance.now();
  const time = shanghaiWallClock(to);
  const watch = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    journal.progress(`${progressBar(place.day - 1, place.of)} ${time} 处理中 under way … ${seconds} s`);
  }, LONG_MS);
  try {
    return await api.write<Clock>(OPERATOR, 'POST', '/v1/clock/moves', { to });
  } finally {
    clearInterval(watch);
  }
}
