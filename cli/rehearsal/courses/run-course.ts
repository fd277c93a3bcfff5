/** Runs the days of one course on a book of its own and compares what came with what was to come. */
import type { BusinessDate } from '../../../domain/calendar/business-date';
import { openPool } from '../../../prisma/pool';
import type { BookProcesses } from '../../processes/book-processes';
import { apiClient } from '../api-client';
import type { DayEvent } from '../day-events';
import { dayPath } from '../day-summary';
import { expectedFigures, type DaysFolder } from '../days-folder';
import type { Journal } from '../journal';
import { runDays } from '../run-days';
import { SUPERVISOR } from '../cast';
import { compareCourse, type CourseComparison, type CourseFound } from './compare-course';
import type { Course } from './course-file';
import { openDisturbances } from './disturbances';
import { independentCheck } from './independent-check';
import { watchAndKill } from './worker-killer';

export interface CourseRun {
  readonly course: Course;
  /** The days as the course changes them. */
  readonly played: DaysFolder;
  readonly days: readonly BusinessDate[];
  readonly book: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly processes: BookProcesses;
  readonly out: string;
  readonly journal: Journal;
  readonly stopping: () => boolean;
}

/** While the worker is killed a move of the clock may be answered with a failure: the day goes on where it was. */
const ATTEMPTS = 10;

export async function runCourse(run: CourseRun): Promise<CourseComparison> {
  const { course, played, days, processes } = run;
  const api = apiClient(processes.apiUrl);
  const disturbances = openDisturbances(course, api, processes.simulators);
  const killing = watchAndKill({ ...run, kills: course.kills, kill: processes.killWorker });
  const events: DayEvent[] = [];
  const journal: Journal = {
    ...run.journal,
    events: (fresh) => {
      events.push(...fresh);
      run.journal.events(fresh);
    },
  };
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const of = { folder: played, isCompared: () => false, disturbances, takes: course.takes };
        await runDays({ ...run, ...of, journal });
        break;
      } catch (error) {
        if (course.kills.length === 0 || attempt === ATTEMPTS) throw error;
      }
    }
    await killing.stop();
    const pool = openPool(run.databaseUrl, 1);
    const [violations, told] = await (async () =>
      [await independentCheck(pool), await messagesIn(pool)] as const)().finally(() => pool.end());
    const found = await Promise.all(
      days.map(async (date) => ({
        date,
        report: await api.read<unknown>(SUPERVISOR, `${dayPath(date)}/report`),
        published: expectedFigures(played, date),
      })),
    );
    return compareCourse(course, { events, days: found, told, violations, killed: killing.hit });
  } finally {
    await killing.stop();
    api.close();
  }
}

async function messagesIn(pool: ReturnType<typeof openPool>): Promise<CourseFound['told']> {
  const { rows } = await pool.query<{ template: string; at: string; count: number }>(
    'select template, created_at as at, count(*)::int as count from outbox where template is not null group by 1, 2',
  );
  return rows;
}
