/**
 * An event that is followed for long goes on in a history of its own, with what it owes and asks: promises and tasks keep their keys, by which
 * the next run finds them as they stand.
 */
import { APPROVAL_FORM } from '../building-blocks/approval';
import type { TaskForm } from '../building-blocks/task-spec';
import type { CorporateActionDone } from '../messages/corporate-action';
import { askAboutBreaks, CLEAR_BREAKS } from './breaks-task';
import type { EventInProgress } from './event-in-progress';
import { askToLeave } from './left-by-two';
import { takeOverOwed } from './owed';
import { promiseProof } from './prove';

/** What stands, without what is read anew from the book. */
export function carriedOf(done: EventInProgress['done']): CorporateActionDone {
  const { determined, reminded, reconciled, provenRound, breakTasks, owed, proof, breaks, leaving } = done;
  const standing = Object.entries(owed).map(([step, { promise: _, ...terms }]) => [step, terms] as const);
  return {
    determined,
    reminded,
    reconciled,
    provenRound,
    breakTasks,
    ...(standing.length === 0 ? {} : { owed: Object.fromEntries(standing) }),
    ...(proof === undefined || proof.round === provenRound ? {} : { proof: proof.asked }),
    ...(breaks === undefined ? {} : { breaks: breaks.asked }),
    ...(leaving === undefined ? {} : { leaving: leaving.asked }),
  };
}

/** Of the tasks that the run before asked. */
export const formsOf = (before: CorporateActionDone | undefined): readonly TaskForm[] => [
  ...(before?.breaks === undefined ? [] : [CLEAR_BREAKS]),
  ...(before?.leaving === undefined ? [] : [APPROVAL_FORM]),
];

/** Nothing, in the first run of an event. */
export async function takeOver(it: EventInProgress, before: CorporateActionDone | undefined): Promise<void> {
  if (before === undefined) return;
  await takeOverOwed(it, before.owed ?? {});
  if (before.proof !== undefined) await promiseProof(it, before.proof);
  if (before.breaks !== undefined) await askAboutBreaks(it, before.breaks);
  if (before.leaving !== undefined) await askToLeave(it, before.leaving);
  it.desk.askedAgain();
}
