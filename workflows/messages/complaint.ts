/** Public face of a complaint: its input, how it ends, what may be sent to it. */
import { defineSignal } from '@temporalio/workflow';

/** `complaint:T20250623-000001`, number of the complaint. */
export interface ComplaintInput {
  readonly complaintNo: string;
}

export type ComplaintEnd = 'closed' | 'disputed' | 'refused' | 'duplicate';

/** Somebody did something with it past its tasks; the process reads what is newer than it knows, and freezes a `subject` that was named at once. */
export const complaintChanged = defineSignal<[revision: number, named?: 'subject']>('complaintChanged');

/** Another account was asked for, to which a compensation is paid: the process has it approved, whatever else it waits for. */
export const payeeCorrectionAsked = defineSignal<[revision: number]>('payeeCorrectionAsked');
