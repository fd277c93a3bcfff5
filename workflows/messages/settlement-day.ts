/** Public face of the settlement day: its id, its input, what may be sent to it and asked of it. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';

export interface SettlementDayInput {
  readonly channel: string;
  readonly businessDate: BusinessDate;
}

/** One day of one channel, both sides in it: `settlement-day:SH:2025-06-23`. */
export const settlementDayId = ({ channel, businessDate }: SettlementDayInput): string =>
  `settlement-day:${channel}:${businessDate}`;

/** Files were noted in the drop folder; the day looks at what is new. */
export const filesArrived = defineSignal('filesArrived');

/** The evening of the day before has been posted; this one may be posted on it. */
export const eveningBeforePosted = defineSignal('eveningBeforePosted');

/** The plan of a side has another amount than before. */
export const planChanged = defineSignal<[Side]>('planChanged');

/** A step is to be held, repeated or aborted: the number of the request, to be approved. */
export const stepRequestAsked = defineSignal<[string]>('stepRequestAsked');

export interface SignException {
  readonly findingId: string;
  readonly reason: string;
  readonly expiresOn: BusinessDate;
  readonly signedBy: string;
  readonly role: string;
  readonly requestId: string;
  /** Business time at which the API took the decision, UTC. */
  readonly at: string;
}
/** A supervisor signs an exception for one break, so that the day may close over it. */
export const signException = defineUpdate<{ readonly openBreaks: number }, [SignException]>('signException');

export interface SettlementDayStatus {
  readonly stage: string;
  readonly waitsFor: readonly string[];
}
export const settlementDayStatus = defineQuery<SettlementDayStatus>('settlementDayStatus');
