/**
 * An approval: a task for a second person, or for two, one after the other. Whoever made what is decided may recall it until
 * then (A1 §27, A4 §27). What is shown is frozen with its digest when it is asked for; the second checker decides on the same.
 */
import { condition } from '@temporalio/workflow';
import { businessFailure } from '../failures';
import type { Actor, FilledForm, TaskOutcome } from '../messages/tasks';
import type { TaskDesk } from './human-task';
import type { AskedTask, TaskForm, TaskSpec } from './task-spec';

/** The form of an approval, version 1. */
export const APPROVAL_FORM: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    required: ['decision', 'reason'],
    additionalProperties: false,
    properties: {
      decision: { enum: ['approve', 'refuse'], title: '决定 decision' },
      reason: { type: 'string', minLength: 1, maxLength: 500, title: '理由 reason' },
    },
  },
};

/** What is to be approved. One or two people check it, as the terms of its kind say for its amount and risk. */
export type ApprovalSpec = Omit<TaskSpec, 'form' | 'approval' | 'checkForm' | 'madeBy'> & {
  readonly madeBy: string;
  /** The row that is approved: its state changes in the transaction of the decision. */
  readonly subject?: NonNullable<TaskSpec['approval']>['subject'];
  readonly amountFen?: string;
  readonly risk?: string;
};

/**
 * How it was decided. `by` is the last checker, also where it was sent back to be made anew, or the maker who recalled; nobody where
 * the process withdrew the task.
 */
export interface Decision {
  readonly decision: 'approved' | 'refused' | 'returned' | 'recalled' | 'withdrawn';
  readonly reason: string;
  readonly by?: Actor;
  readonly at: string;
}

export interface AskedApproval {
  readonly decision: () => Decision | undefined;
  readonly decided: Promise<Decision>;
  /** Takes it off the list, whichever checker it waits for; one that is decided stays so. */
  readonly withdraw: (cause: string) => Promise<Decision>;
  /** As `withdraw`, because the draft was changed: what is decided about stays for the next approval. */
  readonly makeStale: (cause: string) => Promise<Decision>;
}

/** Asks for the approval and goes on. */
export async function askApproval(desk: TaskDesk, spec: ApprovalSpec): Promise<AskedApproval> {
  const { subject, amountFen, risk, ...rest } = spec;
  const asked = {
    ...(subject === undefined ? {} : { subject }),
    ...(amountFen === undefined ? {} : { amountFen }),
    ...(risk === undefined ? {} : { risk }),
  };
  const task: TaskSpec = { ...rest, form: APPROVAL_FORM, approval: asked, checkForm: requireDecision };
  let stands = await desk.ask(task);
  let decision: Decision | undefined;
  let gone: ((of: AskedTask) => Promise<unknown>) | undefined;
  const decide = async (): Promise<Decision> => {
    const first = stands;
    const outcome = await first.answered;
    if (first.second !== undefined && isApproved(outcome)) {
      const approval = { ...asked, firstTask: first.taskId };
      stands = await desk.ask({ ...task, ...first.second, businessKey: `${spec.businessKey}:second`, approval });
      // Taken off the list while the second task was being opened.
      await gone?.(stands);
    }
    return (decision = decisionOf(await stands.answered));
  };
  const decided = decide();
  const takeOff = async (by: (of: AskedTask) => Promise<unknown>): Promise<Decision> => {
    gone = by;
    await by(stands);
    return decided;
  };
  return {
    decision: () => decision ?? withoutSecond(stands),
    decided,
    withdraw: (cause) => takeOff((of) => desk.withdraw(of, cause)),
    makeStale: (cause) => takeOff((of) => desk.makeStale(of, cause)),
  };
}

/** Asks for the approval and waits for the decision; withdrawn once what is to be approved has lost its purpose. */
export async function approval(
  desk: TaskDesk,
  spec: ApprovalSpec,
  over: () => boolean,
  cause: string,
): Promise<Decision> {
  const asked = await askApproval(desk, spec);
  await condition(() => asked.decision() !== undefined || over());
  return asked.decision() ?? asked.withdraw(cause);
}

const isApproved = (outcome: TaskOutcome): boolean =>
  outcome.result === 'completed' && outcome.form['decision'] === 'approve';

/** A decision that needs no second checker is there with the answer. */
function withoutSecond(task: AskedTask): Decision | undefined {
  const outcome = task.outcome();
  if (outcome === undefined || (task.second !== undefined && isApproved(outcome))) return undefined;
  return decisionOf(outcome);
}

function decisionOf(outcome: TaskOutcome): Decision {
  switch (outcome.result) {
    case 'completed':
      return {
        decision: isApproved(outcome) ? 'approved' : 'refused',
        reason: String(outcome.form['reason']),
        by: outcome.by,
        at: outcome.at,
      };
    case 'recalled':
    case 'returned':
      return { decision: outcome.result, reason: outcome.reason, by: outcome.by, at: outcome.at };
    case 'withdrawn':
      return { decision: 'withdrawn', reason: outcome.cause, at: outcome.at };
  }
}

function requireDecision(form: FilledForm): void {
  const { decision, reason } = form;
  if (decision !== 'approve' && decision !== 'refuse') {
    throw businessFailure('INPUT_INVALID', { field: 'decision', reason: 'approve | refuse' });
  }
  if (typeof reason !== 'string' || reason.trim() === '' || reason.length > 500) {
    throw businessFailure('INPUT_INVALID', { field: 'reason', reason: '1-500 characters' });
  }
}
