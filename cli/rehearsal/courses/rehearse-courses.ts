/** `southbound rehearse --faults`: runs courses of faults one after the other, each on a fresh book, and tells what came otherwise. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import { writePlayedDays } from '../../../simulators/courses/play';
import { INTERRUPTED_STATUS, listenForInterruption } from '../../interruption';
import { resultsFolder } from '../../places';
import { startServers, type Servers } from '../../processes/servers';
import { readDaysFolder, type DaysFolder } from '../days-folder';
import { openJournal, type Journal } from '../journal';
import { nameOfRehearsal, onRehearsedBook, removeOldBooks } from '../rehearsed-book';
import type { CourseComparison } from './compare-course';
import { readCourses, type Course } from './course-file';
import { runCourse } from './run-course';

export interface RehearsedCourse {
  readonly published: DaysFolder;
  readonly course: Course;
  readonly servers: Pick<Servers, 'adminUrl' | 'temporalAddress'>;
  readonly book: string;
  readonly out: string;
  readonly journal: Journal;
  readonly stopping: () => boolean;
}

/** @returns status to end with: 0, or 1 where anything did not come as it was to come */
export async function rehearseCourses(data: string, faults: string, out: string | undefined): Promise<number> {
  const published = readDaysFolder(data);
  const courses = readCourses(faults);
  const journal = openJournal(process.stdout);
  const interruption = listenForInterruption(() => journal.say('\n正在停止…… Stopping.'));
  const servers = await startServers((line) => journal.say(line));
  let compared = 0;
  let differ = 0;
  try {
    for (const course of courses) {
      if (interruption.asked) break;
      const book = nameOfRehearsal(course.name);
      journal.say(`\n== ${course.name}: ${course.title.zh} ${course.title.en}`);
      const of = { published, course, servers, book, journal, stopping: () => interruption.asked };
      const outcome = await rehearsedCourse({ ...of, out: path.resolve(out ?? resultsFolder(book), course.name) });
      compared += outcome.compared;
      differ += outcome.differences.length;
      for (const line of outcome.differences) journal.say(journal.paint('bad', line));
      journal.say(`${course.name}: ${outcome.compared} compared, ${outcome.differences.length} differ`);
    }
    await removeOldBooks(servers);
    journal.say(`\n${courses.length} courses, ${compared} compared, ${differ} differ`);
    return interruption.asked ? INTERRUPTED_STATUS : differ > 0 ? 1 : 0;
  } finally {
    await servers.stop();
    interruption.release();
  }
}

/** One course on its own book, whose processes are ended with it. */
export async function rehearsedCourse(rehearsed: RehearsedCourse): Promise<CourseComparison> {
  const { published, course, servers, book } = rehearsed;
  const folder = mkdtempSync(path.join(tmpdir(), 'southbound-course-'));
  try {
    writePlayedDays(published.folder, course.changes, course.folder, folder);
    const played = readDaysFolder(folder);
    const days = played.days.filter((date) => date <= course.to);
    const { temporalAddress } = servers;
    return await onRehearsedBook({ book, folder: played, first: days[0] as BusinessDate, servers }, (on) =>
      runCourse({ ...rehearsed, ...on, played, days, temporalAddress }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
