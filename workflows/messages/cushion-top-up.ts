/** Public face of a top-up of the cushion. */
import { defineSignal } from '@temporalio/workflow';

/** `cushion-top-up:SH:2025-06-27:1`, channel, day and how often it was asked for on it. */
export interface CushionTopUpInput {
  readonly topUpId: string;
}

export type CushionTopUpEnd = 'paid' | 'not needed';

/** Finance takes its wish back, or the evening that rang the alarm was computed anew and finds enough. */
export const topUpNotNeeded = defineSignal('topUpNotNeeded');
