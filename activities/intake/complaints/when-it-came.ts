/** When what is added to a complaint came: the letter of yesterday, entered today, was received yesterday, and counts from then. */
import { BusinessError } from '../../../domain/errors';
import { SYSTEM_ACTOR } from '../../../domain/people/system-actor';
import type { ComplaintRow } from '../../complaints/complaint-row';
import { refuseFirst } from '../judge-actor';

export interface Came {
  /** UTC; now where left away. */
  readonly at?: string | undefined;
}

/**
 * As somebody says. What comes in by itself is not asked: nothing of it is refused for a clock that differs, and the future counts as now.
 * @throws SeveralRefusals RECEIVED_IN_THE_FUTURE, RECEIVED_BEFORE_COMPLAINT
 */
export function requireReceipt(
  { complaintNo: complaint, receivedAt, now }: ComplaintRow,
  { at, by }: Came & { readonly by: string },
): void {
  if (at === undefined || by === SYSTEM_ACTOR) return;
  const field = 'receivedAt';
  refuseFirst([
    ...(at > now ? [new BusinessError('RECEIVED_IN_THE_FUTURE', { receivedAt: at, field })] : []),
    ...(at < receivedAt ? [new BusinessError('RECEIVED_BEFORE_COMPLAINT', { complaint, receivedAt, field })] : []),
  ]);
}
