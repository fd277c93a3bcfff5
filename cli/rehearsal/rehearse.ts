/**
 * `southbound rehearse`: runs the days of a folder on a fresh book with a clock of its own and simulators of the outside,
 * and compares what comes out with what the folder expects.
 */
import path from 'node:path';
import { INTERRUPTED_STATUS, listenForInterruption, type Interruption } from '../interruption';
import { resultsFolder } from '../places';
import { startServers, type Servers } from '../processes/servers';
import {
  daysBetween,
  expectedFigures,
  lastArrivalOf,
  readDaysFolder,
  readOverlay,
  type DaysFolder,
  type Overlay,
} from './days-folder';
import { daysTable, openJournal, type Journal } from './journal';
import { countsLine, writeReport } from './report';
import { rehearseCourses } from './courses/rehearse-courses';
import { nameOfRehearsal, onRehearsedBook, removeOldBooks } from './rehearsed-book';
import { runDays, type DaysOutcome } from './run-days';
import type { BusinessDate } from '../../domain/calendar/business-date';

export interface RehearseOptions {
  readonly data: string;
  readonly overlay?: string;
  readonly from?: string;
  readonly to?: string;
  readonly compare?: boolean;
  readonly report?: string;
  readonly out?: string;
  readonly keep?: boolean;
  /** Course of faults, or a folder of them; each is compared with what it says must come of it. */
  readonly faults?: string;
}

interface Plan {
  readonly folder: DaysFolder;
  readonly overlay: Overlay | undefined;
  /** All days that are run: those before the asked ones make the state that these need. */
  readonly days: readonly BusinessDate[];
  readonly asked: readonly BusinessDate[];
  readonly book: string;
  readonly out: string;
}

/** @returns status to end with: 0, or 1 where a figure or finding is not as expected */
export async function rehearse(options: RehearseOptions): Promise<number> {
  if (options.faults !== undefined) return rehearseCourses(options.data, options.faults, options.out);
  const began = performance.now();
  const plan = planOf(options);
  const journal = openJournal(process.stdout);
  const interruption = listenForInterruption(() => journal.say('\n正在停止…… Stopping.'));
  tellDaysBefore(journal, plan);
  const servers = await startServers((line) => journal.say(line));
  try {
    const outcome = await onBook(plan, servers, journal, interruption, options.keep === true, (of) => {
      const seconds = Math.round((performance.now() - began) / 1_000);
      tell(journal, plan, of, options.compare === true, seconds);
      if (options.report !== undefined) report(options.report, plan, of, seconds);
    });
    await removeOldBooks(servers);
    if (interruption.asked && options.keep !== true) return INTERRUPTED_STATUS;
    return options.compare === true && outcome !== undefined && outcome.differ > 0 ? 1 : 0;
  } finally {
    await servers.stop();
    interruption.release();
  }
}

function planOf(options: RehearseOptions): Plan {
  const folder = readDaysFolder(options.data);
  const overlay = options.overlay === undefined ? undefined : readOverlay(options.overlay, folder);
  if (overlay !== undefined) requireWithin(overlay, options);
  const within = daysBetween(folder, options.from, options.to ?? overlay?.day);
  // Of a variant its own day is compared; days after it may run too.
  const asked = overlay === undefined ? within : [overlay.day];
  const last = within.at(-1) as BusinessDate;
  const days = folder.days.filter((date) => date <= last);
  // What cannot be read is told before anything is set up.
  for (const date of days) lastArrivalOf(folder, date, overlay);
  if (options.compare === true) for (const date of asked) expectedFigures(folder, date);
  const of = [path.basename(folder.folder), ...(overlay === undefined ? [] : [overlay.kind])].join('-');
  const book = nameOfRehearsal(of);
  return {
    folder,
    overlay,
    days,
    asked,
    book,
    out: path.resolve(options.out ?? resultsFolder(book)),
  };
}

/** @throws Error in one sentence where the range leaves out the day of the variant */
function requireWithin({ day }: Overlay, { from = day, to = day }: RehearseOptions): void {
  if (from <= day && day <= to) return;
  throw new Error(
    `--from、--to 未包含差错样本的日期 ${day}。--from and --to leave out ${day}, the day of the variant.`,
  );
}

/** Days before the first that is asked for are run all the same: they make the state that it needs. */
function tellDaysBefore(journal: Journal, { days, asked }: Plan): void {
  const before = days.filter((date) => date < (asked[0] as BusinessDate));
  if (before.length === 0) return;
  const [first, last] = [before[0] as BusinessDate, before.at(-1) as BusinessDate];
  journal.say(
    `${first} 至 ${last} 先行运行以得到期初状态，不比对。${first} to ${last} run first, to make the state that ${asked[0] ?? ''} needs; they are not compared.`,
  );
}

async function onBook(
  plan: Plan,
  servers: Servers,
  journal: Journal,
  interruption: Interruption,
  keep: boolean,
  onEnd: (outcome: DaysOutcome) => void,
): Promise<DaysOutcome | undefined> {
  const { folder, overlay, days, book } = plan;
  return onRehearsedBook({ book, folder, first: days[0] as BusinessDate, servers, overlay }, async ({ processes }) => {
    const run = runDays({
      processes,
      folder,
      ...(overlay === undefined ? {} : { overlay }),
      days,
      isCompared: (date) => plan.asked.includes(date),
      out: plan.out,
      journal,
      stopping: () => interruption.asked,
      untilProven: overlay === undefined,
    });
    const outcome = await Promise.race([run, interruption.whenAsked]);
    if (outcome === undefined) {
      run.catch(() => undefined);
      return undefined;
    }
    onEnd(outcome);
    if (keep) {
      journal.say(`接口 API ${processes.apiUrl}   Temporal ${servers.temporalUi}   Ctrl-C 结束 to end`);
      await Promise.race([interruption.whenAsked, processes.failed]);
    }
    return outcome;
  });
}

function tell(journal: Journal, plan: Plan, outcome: DaysOutcome, isCompared: boolean, seconds: number): void {
  journal.say();
  for (const line of daysTable(outcome.summaries)) journal.say(line);
  journal.say();
  journal.say(`结果 results: ${plan.out}   账簿 book: ${plan.book}   ${seconds} s`);
  if (!isCompared) return;
  for (const line of outcome.remarks) journal.say(journal.paint('faint', line));
  for (const line of outcome.differences) journal.say(journal.paint('bad', line));
  journal.say(countsLine(outcome));
}

function report(file: string, { folder, overlay, book }: Plan, outcome: DaysOutcome, seconds: number): void {
  const title = '演练报告 Rehearsal report';
  writeReport(file, { title, book, data: folder.folder, overlay: overlay?.folder, seconds, outcome });
}
