/** Public face of a callback: its input, how it ends, what it is told, and what it tells whoever asked for it. */
import { defineSignal } from '@temporalio/workflow';

/** `callback:permission-opening:K20250623-000001`, purpose and number. */
export interface CallbackInput {
  readonly callbackNo: string;
}

export type CallbackEnd = 'confirmed' | 'doubtful' | 'refused' | 'unreachable' | 'withdrawn';

/** A call was made, or it was decided what becomes of an unreachable client; the process reads what is newer than it knows. */
export const callbackChanged = defineSignal<[revision: number]>('callbackChanged');

/** Told to the process that asked, once the record lies in the file of the client. */
export const callbackEnded = defineSignal<[callbackNo: string, outcome: CallbackEnd]>('callbackEnded');
