/** How a process learns that a promise of its was computed anew elsewhere: by a person, or because a calendar was corrected. */
import { defineSignal } from '@temporalio/workflow';

/** Sent through the outbox. A revision that the process knows already changes nothing. */
export const deadlineChanged = defineSignal<[businessKey: string, revision: number]>('deadlineChanged');
