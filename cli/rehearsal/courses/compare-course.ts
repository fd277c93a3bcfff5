/** What came of a course beside what was to come of it: events, figures against the published days, the independent check. */
import { businessDateOf, shanghaiTimeOf } from '../../../domain/calendar/business-date';
import type { DayEvent } from '../day-events';
import { compareFigures, differenceText, isWithin, type FigureDifference } from '../compare-figures';
import type { Course } from './course-file';

export interface CourseFound {
  readonly events: readonly DayEvent[];
  /** Report of each day that was run, and what was published of it. */
  readonly days: readonly { readonly date: string; readonly report: unknown; readonly published: unknown }[];
  /** Messages by template and moment, UTC. */
  readonly told: readonly { readonly at: string; readonly template: string; readonly count: number }[];
  /** Lines of the independent check. */
  readonly violations: readonly string[];
  /** Verbs in the middle of which the worker was killed. */
  readonly killed: ReadonlySet<string>;
}

export interface CourseComparison {
  readonly compared: number;
  readonly differences: readonly string[];
}

export function compareCourse({ expected, kills }: Course, found: CourseFound): CourseComparison {
  const days = found.days.map((day) => compareDay(expected, day));
  const lacking = expected.events.filter((one) => !found.events.some((event) => isThat(event, one)));
  const untold = expected.told.filter(
    (one) =>
      !found.told.some(
        ({ at, template, count }) =>
          momentOf(at) === one.at && template === one.template && count === (one.count ?? count),
      ),
  );
  const unwanted = found.events.filter(({ en, zh }) => expected.never.some((words) => `${zh} ${en}`.includes(words)));
  const missed = kills.filter(({ date, verb }) => !found.killed.has(`${date} ${verb}`));
  const isCaught = found.killed.size >= (expected.killed ?? kills.length);
  return {
    compared:
      expected.events.length +
      expected.told.length +
      expected.never.length +
      kills.length +
      days.reduce((sum, one) => sum + one.compared, 0),
    differences: [
      ...lacking.map((one) => `没有发生 did not happen: ${one.at} ${one.side ?? ''} ${one.says} ${one.amount ?? ''}`),
      ...untold.map((one) => `没有告知 was not told: ${one.at} ${one.template} ${one.count ?? ''}`),
      ...unwanted.map((event) => `不应发生 must not happen: ${momentOf(event.at)} ${event.en} ${event.amount ?? ''}`),
      ...days.flatMap(({ differences }) => differences),
      ...found.violations.map((line) => `独立核对 independent check: ${line}`),
      ...(isCaught ? [] : missed).map(
        ({ date, verb }) => `未能在此步骤中断 the worker was not caught at: ${date} ${verb}`,
      ),
    ],
  };
}

type Expected = Course['expected'];

const isThat = (event: DayEvent, { at, side, says, amount }: Expected['events'][number]): boolean =>
  momentOf(event.at) === at &&
  (side === undefined || event.side === side) &&
  `${event.zh} ${event.en}`.includes(says) &&
  (amount === undefined || event.amount === amount);

const momentOf = (instant: string): string => `${businessDateOf(instant)} ${shanghaiTimeOf(instant)}`;

/** Every figure is as published, or as the course says, or in a part that follows from it. */
function compareDay(expected: Expected, { date, report, published }: CourseFound['days'][number]): CourseComparison {
  const named = new Map(expected.figures.filter((one) => one.date === date).map(({ path, value }) => [path, value]));
  const follows = expected.follows.filter((one) => one.date === date).map(({ part }) => part);
  const { compared, differences } = compareFigures(published, report);
  const unlike = (difference: FigureDifference): boolean =>
    named.has(difference.path)
      ? named.get(difference.path) !== (difference.found ?? 'nothing')
      : !follows.some((part) => isWithin(difference.path, part));
  const untouched = [...named.keys()].filter((name) => !differences.some(({ path }) => path === name));
  return {
    compared,
    differences: [
      ...differences
        .filter(unlike)
        .map((one) => `${date} ${differenceText({ ...one, expected: named.get(one.path) ?? one.expected })}`),
      ...untouched.map((name) => `${date} ${name}: expected ${named.get(name) ?? ''}, found as published`),
    ],
  };
}
