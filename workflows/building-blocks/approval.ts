/** An approval: a task for a second person. Whoever made what is decided may recall it until then (A1 §27, A4 §27). */
import { businessFailure } from '../failures';
import type { Actor, FilledForm, TaskOutcome } from '../messages/tasks';
import type { AskedTask, TaskDesk, TaskForm, TaskSpec } from './human-task';

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

/** What is to be approved. */
export type ApprovalSpec = Omit<TaskSpec, 'form' | 'approval' | 'checkForm' | 'madeBy'> & {
  readonly madeBy: string;
  /** The order that is approved: its state changes in the transaction of the decision. */
  readonly orderId?: string;
};

/** How it was decided. `by` is the checker, or the maker who recalled; nobody where the process withdrew the task. */
export interface Decision {
  readonly decision: 'approved' | 'refused' | 'recalled' | 'withdrawn';
  readonly reason: string;
  readonly by?: Actor;
  readonly at: string;
}

export interface AskedApproval {
  readonly task: AskedTask;
  readonly decision: () => Decision | undefined;
  readonly decided: Promise<Decision>;
}

/** Asks for the approval and goes on. */
export async function askApproval(desk: TaskDesk, spec: ApprovalSpec): Promise<AskedApproval> {
  const { orderId, ...rest } = spec;
  const task = await desk.ask({
    ...rest,
    form: APPROVAL_FORM,
    approval: orderId === undefined ? {} : { orderId },
    checkForm: requireDecision,
  });
  return {
    task,
    decision: () => {
      const outcome = task.outcome();
      return outcome === undefined ? undefined : decisionOf(outcome);
    },
    decided: task.answered.then(decisionOf),
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
  return decisionOf(await desk.answerUnless(over, asked.task, cause));
}

function decisionOf(outcome: TaskOutcome): Decision {
  switch (outcome.result) {
    case 'completed':
      return {
        decision: outcome.form['decision'] === 'approve' ? 'approved' : 'refused',
        reason: String(outcome.form['reason']),
        by: outcome.by,
        at: outcome.at,
      };
    case 'recalled':
      return { decision: 'recalled', reason: outcome.reason, by: outcome.by, at: outcome.at };
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
