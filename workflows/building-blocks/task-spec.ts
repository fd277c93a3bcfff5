/** What a process asks of people, and what it learns of the answer. */
import type { Approval, Whom } from '../../activities/tasks/open-task';
import type { FilledForm, TaskOutcome } from '../messages/tasks';

/** A form, frozen on the task when it is opened. */
export interface TaskForm {
  readonly version: number;
  /** JSON Schema of the filled form. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What is asked of whom. */
export interface TaskSpec {
  /** Unique for ever: the same key is the same task, also in a later run. */
  readonly businessKey: string;
  readonly kind: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly role: string;
  readonly mark?: 'deputy' | 'head';
  readonly side?: string;
  readonly branch?: string;
  readonly dueAt?: string;
  readonly form: TaskForm;
  /** What to decide on. Amounts are text; no personal data. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly revision: number;
  /** Person who made what is decided here, and may not decide it. */
  readonly madeBy?: string;
  /** Principal for whom the maker acted. */
  readonly madeFor?: string;
  /** Set by the approval building block. */
  readonly approval?: Approval;
  /** Who holds it from the beginning; the one to whom work was sent back. */
  readonly holder?: string;
  /** False where each needs a look of its own, and is not completed in bulk. */
  readonly bulk?: boolean;
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
