/** Runs settlement days on a book with its processes, keeps their results, and compares those that are asked for. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { BookProcesses } from '../processes/book-processes';
import { apiClient, type ApiClient } from './api-client';
import type { EventLine } from './api-answers';
import { SUPERVISOR } from './cast';
import { outsideClocks } from './outside-clocks';
import { readSummary, type DaySummary } from './day-summary';
import { lastArrivalOf, type DaysFolder, type Overlay } from './days-folder';
import { compareEvents } from './compare-events';
import { driveDay, moveTo, type Stage } from './drive';
import type { Journal } from './journal';
import { compareDay, compareVariant, writeResult, type DayComparison } from './results';

export interface DaysRun {
  readonly processes: Pick<BookProcesses, 'apiUrl' | 'simulators' | 'failed'>;
  readonly folder: DaysFolder;
  readonly overlay?: Overlay;
  /** In order, with all that the first needs before it. */
  readonly days: readonly BusinessDate[];
  readonly isCompared: (date: BusinessDate) => boolean;
  /** Folder of the results. */
  readonly out: string;
  readonly journal: Journal;
  readonly stopping: () => boolean;
  /** After the last day the clock goes on until every open election has been closed and proven. */
  readonly untilProven?: boolean;
  /** A course of faults over the days. */
  readonly disturbances?: Stage['disturbances'] | undefined;
  readonly takes?: Stage['takes'] | undefined;
}

export interface DaysOutcome {
  readonly summaries: readonly DaySummary[];
  readonly compared: number;
  readonly differ: number;
  readonly differences: readonly string[];
  readonly remarks: readonly string[];
}

/** @throws Error in one sentence where worker or API ends in between, or a day cannot be started */
export async function runDays(run: DaysRun): Promise<DaysOutcome> {
  const failure = run.processes.failed.then((sentence) => Promise.reject(new Error(sentence)));
  failure.catch(() => undefined);
  return Promise.race([goOn(run), failure]);
}

async function goOn(run: DaysRun): Promise<DaysOutcome> {
  const { processes, folder, days, overlay, stopping } = run;
  const api = apiClient(processes.apiUrl);
  const outsideNext = outsideClocks(Object.values(processes.simulators));
  const done: BusinessDate[] = [];
  try {
    for (const [index, date] of days.entries()) {
      if (stopping()) break;
      const place = { day: index + 1, of: days.length };
      const lastArrival = lastArrivalOf(folder, date, overlay);
      await driveDay({ ...run, api, outsideNext, place, lastArrival }, date);
      if (stopping()) break;
      await writeResult(api, date, run.out);
      done.push(date);
    }
    const isWhole = done.length === days.length;
    if (isWhole && run.untilProven === true) await closeElections(run, api);
    const ended = await compared(run, api, done);
    if (!isWhole || overlay !== undefined || !days.some(run.isCompared)) return outcomeOf(ended);
    return outcomeOf(ended, await compareEvents(api, folder, done, run.untilProven === true));
  } finally {
    api.close();
  }
}

/** Elections whose deadlines lie after the last day: no day is started for them. */
async function closeElections({ journal, days }: DaysRun, api: ApiClient): Promise<void> {
  const open = await api.readAll<EventLine>(SUPERVISOR, '/v1/corporate-actions?state=collecting');
  const until = open
    .flatMap(({ cuts }) => cuts?.clearingHouseUntil ?? [])
    .sort()
    .at(-1);
  if (until === undefined) return;
  await moveTo({ api, journal, place: { day: days.length, of: days.length } }, until, true);
}

interface Ended {
  readonly summary: DaySummary;
  readonly comparison: DayComparison | undefined;
}

/** Days are told as they stand when all have run: a default may be covered, a held day posted, days after its own. */
async function compared(run: DaysRun, api: ApiClient, days: readonly BusinessDate[]): Promise<readonly Ended[]> {
  const { folder, overlay } = run;
  const ended: Ended[] = [];
  for (const date of days) {
    const report = await writeResult(api, date, run.out);
    const summary = await readSummary(api, date);
    const comparison = !run.isCompared(date)
      ? undefined
      : overlay?.day === date
        ? await compareVariant(api, folder, overlay, report)
        : compareDay(folder, date, report);
    ended.push({ summary: comparison === undefined ? summary : { ...summary, comparison }, comparison });
  }
  return ended;
}

function outcomeOf(ended: readonly Ended[], events?: DayComparison): DaysOutcome {
  const comparisons = [
    ...ended.flatMap(({ comparison }) => comparison ?? []),
    ...(events === undefined ? [] : [events]),
  ];
  return {
    summaries: ended.map(({ summary }) => summary),
    compared: comparisons.reduce((sum, one) => sum + one.compared, 0),
    differ: comparisons.reduce((sum, { differ }) => sum + differ, 0),
    differences: comparisons.flatMap(({ differences }) => differences),
    remarks: comparisons.flatMap(({ remarks }) => remarks),
  };
}
