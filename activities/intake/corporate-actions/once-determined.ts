/**
 * The holders of an event are determined by its process; where that has been away since the notice, whoever elects first has them determined: an
 * election is intake, and is not refused because a process does not run.
 */
import type { Pool } from 'pg';
import { determineHolders } from '../../corporate-actions/determine-holders';
import { eventIfKnown, type EventKey } from '../../corporate-actions/event-row';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';

/** What is refused for want of shares while nobody is determined yet is tried once more when they are. */
export async function onceDetermined<Done>(pool: Pool, key: EventKey, act: () => Promise<Done>): Promise<Done> {
  try {
    return await act();
  } catch (failure) {
    if (!wantsHolders(failure)) throw failure;
    const event = await eventIfKnown(pool, key);
    if (event === undefined || event.holdersVersion > 0 || event.state === 'cancelled') throw failure;
    await determineHolders({ pool })({ channel: key.channel, eventNo: key.eventNo, unlessKnown: true });
    return act();
  }
}

function wantsHolders(failure: unknown): boolean {
  const refusals = failure instanceof SeveralRefusals ? failure.all : [failure];
  return refusals.some(
    (one) => one instanceof BusinessError && (one.code === 'NOTHING_ELECTABLE' || one.code === 'NOT_A_HOLDER'),
  );
}
