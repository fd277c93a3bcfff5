/**
 * Sending the notices that verbs left in the outbox. It runs beside the story: messages that are down hold up nobody,
 * and what could not be sent stays in the outbox, where the worker's dispatcher (in a manual book the mover) tries again.
 */
import { outside } from '../activity-groups';

/** Starts sending and goes on at once. */
export function deliverBeside(): void {
  outside('发送通知 send notices')
    .deliverNotices({})
    .catch(() => undefined);
}
