/** Public face of a corporate action: its input, how it ends, what is signalled to it besides `settlementDayClosed`. */
import { defineSignal } from '@temporalio/workflow';

/** `corporate-action:SH:TKOV00000001`, channel and number of the event. */
export interface CorporateActionInput {
  readonly channel: string;
  readonly eventNo: string;
  /** Events of the history after which the process goes on in a new one; the process's own number where left away. */
  readonly renewsAfter?: number;
  /** What the run before has done. */
  readonly done?: CorporateActionDone;
}

/** What a run hands to the next one: nothing of it names a holder. */
export interface CorporateActionDone {
  /** Version and day for which the holders were determined. */
  readonly determined: string;
  /** Version, deadline and rung of each reminder that rang. */
  readonly reminded: readonly string[];
  readonly reconciled: number;
  /** Round of elections that was proven. */
  readonly provenRound: number;
  readonly breakTasks: number;
}

export type CorporateActionEnd = 'ended' | 'cancelled';

/** A newer notice, another deadline, the last answer to a filing: the event is read again. */
export const eventChanged = defineSignal<[revision: number]>('eventChanged');

/** `telephone-election:17`. */
export interface TelephoneElectionInput {
  readonly telephoneNo: string;
}

/** `election-cut-change:3`. */
export interface ElectionCutChangeInput {
  readonly changeId: string;
}

/** How a second person decided; lapsed where the deadline or the event was over first. */
export type ElectionDecisionEnd = 'approved' | 'refused' | 'returned' | 'recalled' | 'withdrawn';
