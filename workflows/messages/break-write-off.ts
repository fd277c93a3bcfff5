/** Public face of the write-off of a break. */
import { defineSignal } from '@temporalio/workflow';

/** `break-write-off:SH:42:1`, channel, break and how often it was asked for. */
export interface BreakWriteOffInput {
  readonly writeOffId: string;
}

export type BreakWriteOffEnd = 'approved' | 'refused' | 'returned' | 'recalled' | 'withdrawn';

/** The break is not found any more, or with another amount: nothing is to be written off. */
export const breakGone = defineSignal('breakGone');
