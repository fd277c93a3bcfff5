/**
 * Sending the notices that verbs left in the outbox. It runs beside the story: messages that are down hold up nobody,
 * and what could not be sent stays in the outbox, where the worker's dispatcher (in a manual book the mover) tries again.
 */
import { patched } from '@temporalio/workflow';
import { outside } from '../activity-groups';

/** Starts sending and goes on at once. */
export function deliverBeside(): void {
  outside('发送通知 send notices')
    .deliverNotices({})
    .catch(() => undefined);
}

/**
 * Starts nothing: the dispatcher sends what was written within seconds. So at the end of a story, where sending would be left as a
 * pending activity of a closed process, and where nobody waits for a notice. A process that was under way before goes on as it was.
 */
export function leaveToDispatcher(): void {
  if (!patched('left to the dispatcher')) deliverBeside();
}
