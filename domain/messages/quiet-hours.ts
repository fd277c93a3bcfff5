/** Quiet hours: when messages that can wait are held, and until when (peers S22). Times are Shanghai's. */
import { addDays, businessDateOf, shanghaiInstant } from '../calendar/business-date';

export interface QuietHours {
  /** HH:MM at which they begin; that moment is quiet. */
  readonly from: string;
  /** HH:MM at which they end; that moment is not quiet. The next day's where it lies before `from`. */
  readonly until: string;
}

/**
 * The instant at which a message that obeys quiet hours may be sent: now, or the end of the quiet hours that now lies in.
 * Hours that begin and end at one time are none.
 * @param now UTC
 * @throws BusinessError INPUT_INVALID for a time that is none
 */
export function sendableAt(now: string, { from, until }: QuietHours): string {
  const today = businessDateOf(now);
  const [begin, end] = [shanghaiInstant(today, from), shanghaiInstant(today, until)];
  if (begin === end) return now;
  if (begin < end) return now >= begin && now < end ? end : now;
  if (now < end) return end;
  return now >= begin ? shanghaiInstant(addDays(today, 1), until) : now;
}
