/** Why a task cannot be done, as its process sees it; the verb, which has the rows and the directory, asks again (A1 §27). */
import { samePersonRefusal } from '../../domain/people/four-eyes';
import { businessFailure } from '../failures';
import type { Actor, CompleteTask, RecallTask, ReturnTask, TaskOutcome } from '../messages/tasks';
import type { TaskSpec } from './task-spec';

/** @throws ROLE_MISSING, REVISION_STALE, the codes of four eyes */
export function refuseDecision(spec: TaskSpec, { actor, revision }: CompleteTask | ReturnTask): void {
  if (actor.role !== spec.role) throw businessFailure('ROLE_MISSING', { role: spec.role });
  if (revision !== spec.revision) {
    throw businessFailure('REVISION_STALE', { shown: revision, current: spec.revision });
  }
  refuseSamePerson(spec, actor);
}

/** @throws as `refuseDecision`, TASK_HAS_NO_MAKER */
export function refuseReturn(spec: TaskSpec, sent: ReturnTask): void {
  refuseDecision(spec, sent);
  if (spec.madeBy === undefined) throw businessFailure('TASK_HAS_NO_MAKER', { task: sent.taskId });
}

/** @throws ONLY_MAKER_RECALLS */
export function refuseRecall({ madeBy }: TaskSpec, { taskId, actor }: RecallTask): void {
  if (madeBy !== actor.person) throw businessFailure('ONLY_MAKER_RECALLS', { task: taskId });
}

/** The refusal of a task that is not open. @param ended how it ended, where the process had asked it */
export function notOpen(taskId: string, ended: TaskOutcome['result'] | undefined): Error {
  switch (ended) {
    case 'recalled':
      return businessFailure('TASK_RECALLED', { task: taskId });
    case 'returned':
      return businessFailure('TASK_RETURNED', { task: taskId });
    case 'withdrawn':
      return businessFailure('TASK_WITHDRAWN', { task: taskId });
    default:
      return businessFailure('TASK_NOT_OPEN', { task: taskId });
  }
}

/** What can be said of maker and checker without the directory. */
function refuseSamePerson({ madeBy, madeFor }: TaskSpec, { person, onBehalfOf }: Actor): void {
  if (madeBy === undefined) return;
  const code = samePersonRefusal({ person: madeBy, principal: madeFor }, { person, principal: onBehalfOf });
  if (code !== undefined) throw businessFailure(code, {});
}
