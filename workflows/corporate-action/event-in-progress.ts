/** One event while it is followed: what its story stands on, and what this run has done so far. */
import type { AskedApproval } from '../building-blocks/approval';
import type { BusinessClock } from '../building-blocks/business-clock';
import type { OwedStep } from '../../activities/corporate-actions/owed-by-event';
import type { TaskDesk } from '../building-blocks/human-task';
import type { AskedTask } from '../building-blocks/task-spec';
import type { Owed } from '../building-blocks/owed';
import type { GivenPromise, Promises } from '../building-blocks/promises';
import type { Waiting } from '../building-blocks/waiting';
import type {
  AskedAboutBreaks,
  CorporateActionInput,
  LeavingBreaks,
  OwedTerms,
  ProofOwed,
} from '../messages/corporate-action';

export interface EventInProgress {
  readonly key: Pick<CorporateActionInput, 'channel' | 'eventNo'>;
  readonly clock: BusinessClock;
  readonly desk: TaskDesk;
  readonly promises: Promises;
  readonly waiting: Waiting;
  /** Changes of the event, and settlement days closed, of which it was told. */
  readonly told: { readonly changes: number; readonly days: number };
  readonly done: {
    /** Version and day for which the holders were determined. */
    determined: string;
    /** Version, deadline and rung of each reminder that rang. */
    readonly reminded: string[];
    reconciled: number;
    /** Round of elections that was proven by this run. */
    provenRound: number;
    proof?: { readonly round: number; readonly asked: ProofOwed; readonly promise: GivenPromise } | undefined;
    breakTasks: number;
    breaks?: BreaksTask | undefined;
    /** What one person left as it stands, until a second one has decided. */
    leaving?: Leaving | undefined;
    /** Promises that stand, with what their time follows from. */
    readonly owed: { [step in OwedStep]?: OwedTerms & { readonly promise: Owed } };
    daysFollowed: number;
    /** Version, and whether its elections were proven, at the last of them. */
    followed: string;
  };
}

/** The task that asks about what does not agree. */
export interface BreaksTask {
  readonly task: AskedTask;
  readonly asked: AskedAboutBreaks;
  readonly isDone: () => boolean;
  readonly withdraw: () => Promise<void>;
}

export interface Leaving {
  readonly asked: LeavingBreaks;
  readonly decision: AskedApproval['decision'];
  readonly isDone: () => boolean;
  readonly withdraw: () => Promise<void>;
}

/** Whether something came that makes the story look again. */
export type IsNews = () => boolean;
