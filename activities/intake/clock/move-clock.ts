/**
 * Moving the clock of a manual book, and telling those whose wait is due. The move is one short transaction without
 * any call to Temporal; the delivery reads in new snapshots afterwards. A mover that dies in between has lost nothing:
 * the next one signals again.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Pool, PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { holdClock } from '../../clock/clock-lock';
import { inTransaction } from '../../database/transaction';
import type { IntakeDependencies } from '../dependencies';

/** Writes what is known of a move: from where, to where, UTC. */
export type RecordMove = (sql: PoolClient, from: string, to: string) => Promise<void>;

/**
 * Moves the clock; to the instant at which it stands is allowed.
 * @param to UTC
 * @param record writes who moved it, in the transaction of the move; not asked where the clock stays
 * @throws BusinessError NOT_A_REHEARSAL, CLOCK_MOVES_FORWARD_ONLY
 */
export async function setClock(pool: Pool, to: string, record?: RecordMove): Promise<void> {
  await inTransaction(pool, async (sql) => {
    await holdClock(sql);
    const before = await sql.query<{ now: string }>('select business_now() as now');
    const { rowCount } = await sql.query(
      `update business_clock set now = $1, moves = moves + 1 where mode = 'manual' and now <= $1`,
      [to],
    );
    if (rowCount === 1) {
      const from = before.rows[0]?.now;
      if (from !== undefined && from < to) await record?.(sql, from, to);
      return;
    }
    const { rows } = await sql.query<{ mode: string; now: string }>(
      'select mode, business_now() as now from business_clock',
    );
    const [clock] = rows;
    if (clock?.mode !== 'manual') throw new BusinessError('NOT_A_REHEARSAL');
    throw new BusinessError('CLOCK_MOVES_FORWARD_ONLY', { now: clock.now, asked: to });
  });
}

interface DueRow {
  readonly workflow_id: string;
  readonly waits: readonly number[];
  readonly now: string;
}

/** One signal a process, and only then its rows go; a row that was armed again for later in between stays. */
export async function deliverDueWaits({
  pool,
  temporal,
}: Pick<IntakeDependencies, 'pool' | 'temporal'>): Promise<number> {
  const { rows } = await pool.query<DueRow>(
    `select w.workflow_id, array_agg(w.wait) as waits, c.now
     from clock_waits w cross join business_clock c where c.mode = 'manual' and w.at <= c.now
     group by w.workflow_id, c.now`,
  );
  await Promise.all(
    rows.map(async ({ workflow_id: workflowId, waits, now }) => {
      try {
        // By workflow id alone: after continue-as-new the newest run waits.
        await temporal.workflow.getHandle(workflowId).signal('clockMoved', now);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
      await pool.query('delete from clock_waits where workflow_id = $1 and wait = any($2) and at <= $3', [
        workflowId,
        waits,
        now,
      ]);
    }),
  );
  return rows.length;
}
