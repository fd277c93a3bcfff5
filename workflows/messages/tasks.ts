/** Public face of work that waits for a person: whoever opened the task receives its completion, its recall or its return. */
import { defineSignal, defineUpdate } from '@temporalio/workflow';

/** Who acts. A person is named by the directory's key, never by name. */
export interface Actor {
  readonly person: string;
  /** Role in which the person acts; the one that the task asks for. */
  readonly role: string;
  /** Person for whom the actor acts by delegation. */
  readonly onBehalfOf?: string;
}

/** A completed form. Amounts are text. */
export type FilledForm = Readonly<Record<string, unknown>>;

/** How a task ended. `at` is business time, UTC. */
export type TaskOutcome =
  | { readonly result: 'completed'; readonly form: FilledForm; readonly by: Actor; readonly at: string }
  | { readonly result: 'recalled' | 'returned'; readonly reason: string; readonly by: Actor; readonly at: string }
  | { readonly result: 'withdrawn'; readonly cause: string; readonly at: string };

export interface CompleteTask {
  readonly taskId: string;
  /** Revision that the person was shown. */
  readonly revision: number;
  readonly form: FilledForm;
  readonly actor: Actor;
  readonly requestId: string;
  /** Business time at which the API took the request, UTC. */
  readonly at: string;
}
/**
 * A person completes a task. Refused with the code as failure type: TASK_NOT_OPEN, TASK_RECALLED, TASK_RETURNED, TASK_WITHDRAWN,
 * ROLE_MISSING, REVISION_STALE, SAME_PERSON, CHECKER_ACTS_FOR_MAKER, INPUT_INVALID; TEXT_NOT_BY_REFERENCE where a text that was typed is
 * sent itself.
 */
export const completeTask = defineUpdate<{ readonly outcome: TaskOutcome }, [CompleteTask]>('completeTask');

export interface RecallTask {
  readonly taskId: string;
  readonly actor: Actor;
  readonly reason: string;
  readonly requestId: string;
  readonly at: string;
}
/** The maker takes back what waits for approval. Refused: TASK_NOT_OPEN, TASK_RECALLED, TASK_WITHDRAWN, ONLY_MAKER_RECALLS. */
export const recallTask = defineUpdate<{ readonly outcome: TaskOutcome }, [RecallTask]>('recallTask');

export interface ReturnTask {
  readonly taskId: string;
  /** Revision that the person was shown. */
  readonly revision: number;
  readonly actor: Actor;
  readonly reason: string;
  readonly requestId: string;
  readonly at: string;
}
/**
 * The checker sends back what waits for approval; the maker is to make it anew. Refused as `completeTask`, and with
 * TASK_HAS_NO_MAKER where nobody made it.
 */
export const returnTask = defineUpdate<{ readonly outcome: TaskOutcome }, [ReturnTask]>('returnTask');

/** Others do the task than those whom it was asked of, of whom nobody is left in the case. Sent through the outbox. */
export const taskPassedUp = defineSignal<[taskId: string, role: string]>('taskPassedUp');
