/** How a process learns that the business clock of a manual book was moved. */
import { defineSignal } from '@temporalio/workflow';

/** Business time now, UTC text with milliseconds. Sent only to processes for which something is due. */
export const clockMoved = defineSignal<[now: string]>('clockMoved');
