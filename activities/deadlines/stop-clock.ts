/**
 * The clock of a promise stands while others must act: with a reason, visible, and no longer in all than its bound. A stop
 * that nobody ends is ended by the bound itself, so that what is due is always known.
 */
import { BusinessError } from '../../domain/errors';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { changeDeadline } from './change-deadline';
import { climbedOf, lockToCompute, requireOpen, type Climbed } from './deadline-row';

export interface StopClock {
  readonly businessKey: string;
  readonly reason: string;
  readonly by: string;
}

const MS_PER_DAY = 86_400_000;

/**
 * Stops the clock now.
 * @throws BusinessError DEADLINE_NOT_OPEN, STOP_AFTER_LIMIT, CLOCK_ALREADY_STOPPED, STOP_BOUND_REACHED
 */
export const stopClock =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ businessKey, reason, by }: StopClock): Promise<Climbed> =>
    inTransaction(pool, async (sql) => {
      const row = await lockToCompute(sql, businessKey);
      requireOpen(row);
      const now = await businessNow(sql);
      if (now >= row.dueAt) throw new BusinessError('STOP_AFTER_LIMIT', { deadline: businessKey, dueAt: row.dueAt });
      const { rows: stops } = await sql.query<{ from_at: string; to_at: string; reason: string; stopped_by: string }>(
        'select from_at, to_at, reason, stopped_by from deadline_stops where deadline_id = $1',
        [row.deadlineId],
      );
      const standing = stops.find((stop) => stop.to_at > now);
      if (standing !== undefined) {
        // The same stop, asked again because its answer was lost.
        if (standing.reason === reason && standing.stopped_by === by) return climbedOf(sql, row);
        throw new BusinessError('CLOCK_ALREADY_STOPPED', { deadline: businessKey, resumesAt: standing.to_at });
      }
      const stoppedMs = stops.reduce((sum, stop) => sum + Date.parse(stop.to_at) - Date.parse(stop.from_at), 0);
      const leftMs = row.stoppedDaysAtMost * MS_PER_DAY - stoppedMs;
      if (leftMs <= 0) {
        throw new BusinessError('STOP_BOUND_REACHED', { deadline: businessKey, days: row.stoppedDaysAtMost });
      }
      await sql.query(
        'insert into deadline_stops (deadline_id, from_at, to_at, reason, stopped_by) values ($1, $2, $3, $4, $5)',
        [row.deadlineId, now, new Date(Date.parse(now) + leftMs).toISOString(), reason, by],
      );
      return changeDeadline(sql, row, { cause: 'stopped', by, reason });
    });

/**
 * Lets the clock run again from now.
 * @throws BusinessError DEADLINE_NOT_OPEN, CLOCK_NOT_STOPPED
 */
export const resumeClock =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ businessKey, by }: Omit<StopClock, 'reason'>): Promise<Climbed> =>
    inTransaction(pool, async (sql) => {
      const row = await lockToCompute(sql, businessKey);
      requireOpen(row);
      const now = await businessNow(sql);
      const { rowCount } = await sql.query(
        `update deadline_stops set to_at = $2, resumed_at = $2, resumed_by = $3
          where deadline_id = $1 and from_at <= $2 and to_at > $2 and resumed_at is null`,
        [row.deadlineId, now, by],
      );
      if (rowCount !== 1) {
        const { rows } = await sql.query<{ resumed_by: string | null }>(
          'select resumed_by from deadline_stops where deadline_id = $1 order by from_at desc, stop_id desc limit 1',
          [row.deadlineId],
        );
        // Resumed already, asked again because the answer was lost.
        if (rows[0]?.resumed_by === by) return climbedOf(sql, row);
        throw new BusinessError('CLOCK_NOT_STOPPED', { deadline: businessKey });
      }
      return changeDeadline(sql, row, { cause: 'resumed', by });
    });
