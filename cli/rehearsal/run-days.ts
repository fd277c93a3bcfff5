/** Runs settlement days on a book with its processes, keeps their results, and compares those that are asked for. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { BookProcesses } from '../processes/book-processes';
import { apiClient } from './api-client';
import { outsideClocks } from './outside-clocks';
import type { DaySummary } from './day-summary';
import type { DaysFolder, Overlay } from './days-folder';
import { driveDay } from './drive';
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
  const { processes, journal, days, stopping } = run;
  const api = apiClient(processes.apiUrl);
  const outsideNext = outsideClocks(Object.values(processes.simulators));
  const summaries: DaySummary[] = [];
  const comparisons: DayComparison[] = [];
  try {
    for (const [index, date] of days.entries()) {
      if (stopping()) break;
      const place = { day: index + 1, of: days.length };
      const summary = await driveDay({ api, journal, outsideNext, place, stopping }, date);
      if (stopping()) break;
      const report = await writeResult(api, date, run.out);
      const isVariant = run.overlay?.day === date;
      const comparison = !run.isCompared(date)
        ? undefined
        : run.overlay !== undefined && isVariant
          ? await compareVariant(api, run.folder, run.overlay, report)
          : compareDay(run.folder, date, report);
      if (comparison !== undefined) comparisons.push(comparison);
      summaries.push(comparison === undefined ? summary : { ...summary, comparison });
    }
  } finally {
    api.close();
  }
  return outcomeOf(summaries, comparisons);
}

const outcomeOf = (summaries: readonly DaySummary[], comparisons: readonly DayComparison[]): DaysOutcome => ({
  summaries,
  compared: comparisons.reduce((sum, { compared }) => sum + compared, 0),
  differ: comparisons.reduce((sum, { differ }) => sum + differ, 0),
  differences: comparisons.flatMap(({ differences }) => differences),
  remarks: comparisons.flatMap(({ remarks }) => remarks),
});
