/** What a process asks of people, and what it learns of the answer. */
import type { OpenTask, Whom } from '../../activities/tasks/open-task';
import type { FilledForm, TaskOutcome } from '../messages/tasks';

/** A form, frozen on the task when it is opened. */
export interface TaskForm {
  readonly version: number;
  /** JSON Schema of the filled form. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What is asked of whom, as it is opened, and what is done with the answer. */
export interface TaskSpec extends Omit<OpenTask, 'workflowId' | 'form' | 'formVersion'> {
  readonly form: TaskForm;
  /** Further check of the filled form; throws a business failure. Read only. */
  readonly checkForm?: (form: FilledForm) => void;
  /** What happens when nobody answers, for the current details. */
  readonly otherwise?: string;
}

/** A task that was opened. */
export interface AskedTask {
  readonly taskId: string;
  /** Whom a second approval must ask, where the terms say that there is one. */
  readonly second?: Whom;
  readonly isDone: () => boolean;
  readonly outcome: () => TaskOutcome | undefined;
  readonly answered: Promise<TaskOutcome>;
}
