/** Public face of the recovery of an overdraft that stays uncovered. */
import { defineSignal } from '@temporalio/workflow';

/** `overdraft-recovery:SH:V20250630-000001`, channel and number of the case. */
export interface OverdraftRecoveryInput {
  readonly caseNo: string;
}

export type OverdraftRecoveryEnd = 'covered' | 'written off';

/** An evening found nothing owed any more; the process looks at the books. */
export const overdraftCovered = defineSignal('overdraftCovered');
