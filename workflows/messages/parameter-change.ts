/** Public face of the change of a parameter: its input, how it ends, what may be sent to it. */
import { defineSignal } from '@temporalio/workflow';

/** `parameter-change:42`, the number of the change. */
export interface ParameterChangeInput {
  readonly changeId: string;
}

export type ParameterChangeEnd = 'in force' | 'refused' | 'recalled' | 'withdrawn';

/** Whoever asked has changed what is asked for; what waits for approval shows an older revision. */
export const draftRevised = defineSignal<[revision: number]>('draftRevised');
