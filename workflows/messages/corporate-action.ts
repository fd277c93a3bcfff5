/** Public face of a corporate action: its input, how it ends, what is signalled to it besides `settlementDayClosed`. */
import { defineSignal } from '@temporalio/workflow';

/** `corporate-action:SH:TKOV00000001`, channel and number of the event. */
export interface CorporateActionInput {
  readonly channel: string;
  readonly eventNo: string;
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
