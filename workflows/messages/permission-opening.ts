/** Public face of an opening by a natural person: its input, how it ends, what may be sent to it. */
import { defineSignal } from '@temporalio/workflow';

/** `permission-opening:HKSC:P20250623-000001`, kind of permission and number of the request. */
export interface PermissionOpeningInput {
  readonly requestNo: string;
}

export type PermissionOpeningEnd = 'done' | 'withdrawn' | 'lapsed' | 'refused';

/** Step or state of the request changed; the process reads what is newer than it knows. */
export const requestChanged = defineSignal<[revision: number]>('requestChanged');

/** The client answered the questionnaire: conditions that failed for it are judged again. */
export const riskResultGiven = defineSignal('riskResultGiven');
