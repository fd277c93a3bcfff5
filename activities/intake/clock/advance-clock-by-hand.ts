/** A person moves the clock of a manual book: who, from when, to when stands in the audit trail with each move. */
import { recordAudit } from '../../audit/record-audit';
import { advanceClock, type Advanced } from './advance-clock';
import type { IntakeDependencies } from '../dependencies';

export interface ClockMove {
  /** UTC. */
  readonly to: string;
  readonly actor: string;
  readonly role: string;
  readonly requestId: string;
}

/** @throws BusinessError NOT_A_REHEARSAL, CLOCK_MOVES_FORWARD_ONLY, CLOCK_MOVE_UNDER_WAY, BOOK_NOT_SETTLED */
export const advanceClockByHand =
  (deps: IntakeDependencies) =>
  ({ to: asked, actor, role, requestId }: ClockMove): Promise<Advanced> =>
    // A move is refused, or ends at an instant before the one asked for: what stands in the trail is what was reached.
    advanceClock(deps, asked, undefined, (sql, from, to) =>
      recordAudit(sql, {
        actor,
        role,
        action: 'move business clock',
        outcome: 'done',
        objectType: 'business clock',
        objectId: to,
        before: { now: from },
        after: { now: to },
        requestId,
      }),
    );
