/** Public face of a closing: its input, how it ends, what may be sent to it besides `requestChanged`. */
import { defineSignal } from '@temporalio/workflow';

/** `permission-closing:HKSC:P20250623-000001`, kind of permission and number of the request. */
export interface PermissionClosingInput {
  readonly requestNo: string;
}

export type PermissionClosingEnd = 'done' | 'withdrawn' | 'lapsed' | 'refused';

/** A settlement day was closed: what stood in the way may be gone. */
export const settlementDayClosed = defineSignal<[businessDate: string]>('settlementDayClosed');
