/**
 * The one-time code of the first step: so many wrong ones lock it for a while (permissions, step 1).
 *
 * Units  Minutes; instants in UTC with milliseconds. The lock ends at its instant, which is free again.
 */
import { minutesAfter } from '../calendar/instants';

export interface CodeTerms {
  readonly wrongCodes: number;
  readonly lockMinutes: number;
  readonly validMinutes: number;
}

/** Until when codes are not taken, judged by the wrong ones since the last right one; nothing: they are. */
export function lockedUntil(wrongAt: readonly string[], { wrongCodes, lockMinutes }: CodeTerms): string | undefined {
  const sorted = [...wrongAt].sort();
  // Each full set of wrong ones locks once: what is tried after a lock begins a new set.
  const ofLastSet = sorted.length - (sorted.length % wrongCodes);
  const last = sorted[ofLastSet - 1];
  return last === undefined ? undefined : minutesAfter(last, lockMinutes);
}

/** Until when a code that was sent is taken, that instant excluded. */
export const codeValidUntil = (sentAt: string, { validMinutes }: CodeTerms): string =>
  minutesAfter(sentAt, validMinutes);
