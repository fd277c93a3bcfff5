/** A person moves the clock of a manual book: who, from when, to when stands in the audit trail before it moves. */
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { advanceClock, type Advanced } from './advance-clock';
import type { IntakeDependencies } from './dependencies';

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
  async ({ to, actor, role, requestId }: ClockMove): Promise<Advanced> => {
    await inTransaction(deps.pool, async (sql) => {
      const { rows } = await sql.query<{ now: string }>('select business_now() as now');
      await recordAudit(sql, {
        actor,
        role,
        action: 'move business clock',
        outcome: 'done',
        objectType: 'business clock',
        objectId: to,
        before: { now: rows[0]?.now },
        after: { now: to },
        requestId,
      });
    });
    return advanceClock(deps, to);
  };
