/**
 * What a process owes and asks first, opened in one transaction before anything of it waits. Its history tells it by one event, and
 * nobody sees the task without its promises (docs/decisions/0048-an-open-complaint-is-small.md).
 */
import { beginning } from '../activity-groups';
import type { OpenedWork } from '../../activities/tasks/open-work';
import type { Owing } from './owed';
import type { AskedTask, TaskSpec } from './task-spec';
import { givenOf, type GivenPromise, type PromiseSpec } from './promises';

export interface FirstWork {
  readonly promised: readonly PromiseSpec[];
  readonly task: TaskSpec;
  /** Key of the promise among them by which the task is due, where its calendar says until when. */
  readonly dueBy?: string;
  /** Each promise as it was given; undefined where no calendar says yet until when. */
  readonly given: (spec: PromiseSpec, promise: GivenPromise | undefined) => void;
}

/** Once, before the first wait of a process: local calls that run side by side would end in another order when they are replayed. */
export function openFirstWork(
  { clock, promises, desk }: Owing,
  { promised, task, dueBy, given }: FirstWork,
): Promise<AskedTask> {
  return desk.askWith(
    task,
    (row) =>
      beginning(`承诺期限并开立待办 ${task.titleZh} promises, and the task: ${task.titleEn}`).openWork({
        promises: promised.map(givenOf),
        task: row,
        ...(dueBy === undefined ? {} : { dueBy }),
      }),
    (opened) => follow({ clock, promises }, { promised, given }, opened),
  );
}

/** What was opened before the process began, in the transaction of its reason. */
export function takeFirstWork(
  { clock, promises, desk }: Owing,
  { promised, task, given }: FirstWork,
  opened: OpenedWork,
): AskedTask {
  follow({ clock, promises }, { promised, given }, opened);
  return desk.take(task, opened.task);
}

/** Climbs the ladder of each promise. */
const follow = (
  { clock, promises }: Omit<Owing, 'desk'>,
  { promised, given }: Pick<FirstWork, 'promised' | 'given'>,
  opened: OpenedWork,
): void =>
  promised.forEach((spec, place) => {
    const climbed = opened.promises[place]?.climbed ?? null;
    given(spec, climbed === null ? undefined : promises.follow(clock, spec, climbed));
  });
