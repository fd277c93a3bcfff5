/** Public face of a postponement of settlement. */
import { defineSignal } from '@temporalio/workflow';

/** `settlement-postponement:SH:2025-06-25:…`, channel, first day and the request. */
export interface SettlementPostponementInput {
  readonly postponementId: string;
}

export type SettlementPostponementEnd = 'postponed' | 'moved back' | 'refused';

/** The notice is to be taken back: its number, to be approved. */
export const withdrawalAsked = defineSignal<[string]>('withdrawalAsked');
