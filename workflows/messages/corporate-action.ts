/** Public face of a corporate action: its input, how it ends, what is signalled to it besides `settlementDayClosed`. */
import { defineSignal } from '@temporalio/workflow';
import type { Limit } from '../../domain/deadlines/limit';

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
  /** What is owed and asked, by the keys under which the next run finds it. Left away where there is none. */
  readonly owed?: { readonly [step in 'clear breaks' | 'credit the entitlement']?: OwedTerms };
  readonly proof?: ProofOwed;
  readonly breaks?: AskedAboutBreaks;
  readonly leaving?: LeavingBreaks;
}

/** A promise that stands, and what its time follows from. */
export interface OwedTerms {
  readonly nth: number;
  readonly from: string;
  readonly receivedAt: string;
  readonly limit: Limit;
}

/** That elections are proven after their close: from the broker's cut to the clearing house's. */
export interface ProofOwed {
  readonly round: number;
  readonly receivedAt: string;
  readonly n: number;
  readonly time: string;
}

/** The task about what does not agree, as people see it. */
export interface AskedAboutBreaks {
  readonly businessKey: string;
  readonly dueAt?: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What one person left as it stands and a second one decides about; the reason by reference. */
export interface LeavingBreaks {
  readonly version: number;
  readonly nth: number;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  /** State of the breaks that were shown. */
  readonly asOf?: string;
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
