/**
 * The clock of a promise stands while others must act: with a reason, visible, and no longer in all than its bound. A stop
 * that nobody ends is ended by the bound itself, so that what is due is always known.
 */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import { complianceOrAbove } from '../people/keep-out';
import { actorOf, refuseAct, type DeadlineAct } from './act-on-deadline';
import { changeDeadline } from './change-deadline';
import { climbedOf, lockToCompute, type Climbed, type DeadlineRow } from './deadline-row';

export interface ActOnClock extends DeadlineAct {
  readonly businessKey: string;
  /**
   * Business time of a person's act, UTC, where a process tells of it: a late worker neither takes time away nor gives any. The time of
   * the transaction where left away; never later than that, nor before the last stop ended.
   */
  readonly at?: string | undefined;
}

const MS_PER_DAY = 86_400_000;

interface StopRow {
  readonly from_at: string;
  readonly to_at: string;
  readonly reason: string;
  readonly stopped_by: string;
  readonly resumed_by: string | null;
}

/**
 * Stops the clock from the act on. Where the calendar ends before the whole bound can be dated, it stands as long as what is due can be.
 * @throws SeveralRefusals DEADLINE_NOT_OPEN, DEADLINE_FIXED, STOP_AFTER_LIMIT, CLOCK_ALREADY_STOPPED, STOP_BOUND_REACHED; of a person
 *         also REVISION_STALE and why the person may not; CALENDAR_OUT_OF_RANGE where not even a day of it can be dated
 */
export const stopClock =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ businessKey, at, ...act }: ActOnClock): Promise<Climbed> =>
    inTransaction(pool, async (sql) => {
      const row = await lockToCompute(sql, businessKey);
      const stops = await stopsOf(sql, row);
      const now = await timeOfAct(sql, at, [row.receivedAt, ...stops.map(({ to_at: ended }) => ended)]);
      const standing = stops.find((stop) => stop.to_at > now);
      // The same stop, asked again because its answer was lost.
      if (standing?.reason === act.reason && standing.stopped_by === act.by) return climbedOf(sql, row);
      const stoppedMs = stops.reduce((sum, stop) => sum + Date.parse(stop.to_at) - Date.parse(stop.from_at), 0);
      const leftMs = row.stoppedDaysAtMost * MS_PER_DAY - stoppedMs;
      const deadline = businessKey;
      await refuseAct(sql, row, act, [
        now >= row.dueAt ? new BusinessError('STOP_AFTER_LIMIT', { deadline, dueAt: row.dueAt }) : undefined,
        standing === undefined
          ? undefined
          : new BusinessError('CLOCK_ALREADY_STOPPED', { deadline, resumesAt: standing.to_at }),
        // One that stands takes what is left of the bound with it.
        standing === undefined && leftMs <= 0
          ? new BusinessError('STOP_BOUND_REACHED', { deadline, days: row.stoppedDaysAtMost })
          : undefined,
      ]);
      const change = { cause: 'stopped', reason: act.reason, ...actorOf(act, row) } as const;
      return stopAsLongAsDated(sql, row, { from: now, leftMs, act }, (stopped) => changeDeadline(sql, stopped, change));
    });

/** All that is left of the bound or, where no calendar can date that, as many of its days as one can. */
async function stopAsLongAsDated(
  sql: PoolClient,
  row: DeadlineRow,
  { from, leftMs, act }: { readonly from: string; readonly leftMs: number; readonly act: DeadlineAct },
  change: (row: DeadlineRow) => Promise<Climbed>,
): Promise<Climbed> {
  const until = (ms: number) => new Date(Date.parse(from) + ms).toISOString();
  const { rows } = await sql.query<{ id: string }>(
    `insert into deadline_stops (deadline_id, from_at, to_at, reason, stopped_by, stopped_for) values ($1, $2, $3, $4, $5, $6)
     returning stop_id::text as id`,
    [row.deadlineId, from, until(leftMs), act.reason, act.by, act.onBehalfOf ?? null],
  );
  const whole = Math.floor(leftMs / MS_PER_DAY);
  for (let days = whole; ; days -= 1) {
    try {
      const climbed = await change(row);
      if (days < whole) await tellShortened(sql, row, until((days + 1) * MS_PER_DAY));
      return climbed;
    } catch (error) {
      const isUndated = error instanceof BusinessError && error.code === 'CALENDAR_OUT_OF_RANGE';
      if (!isUndated || days < 1) throw error;
      await sql.query('update deadline_stops set to_at = $2 where stop_id = $1', [
        rows[0]?.id,
        until(days * MS_PER_DAY),
      ]);
    }
  }
}

/** Whoever answers for the calendar hears that it runs again sooner than it should. */
const tellShortened = async (sql: PoolClient, { businessKey, workflowId, branch }: DeadlineRow, until: string) =>
  queueNotice(sql, {
    key: `stop-shortened:${businessKey}:${until}`,
    recipientRole: await complianceOrAbove(sql, workflowId),
    workflowId,
    severity: 'warning',
    template: 'STOP_SHORTENED',
    facts: { deadline: businessKey, until: businessDateOf(until) },
    ...(branch === null ? {} : { branch }),
  });

/** When an act was, UTC: as a process says, neither in the future nor before what was done before it. */
async function timeOfAct(sql: PoolClient, at: string | undefined, before: readonly string[]): Promise<string> {
  const now = await businessNow(sql);
  if (at === undefined || at >= now) return now;
  return [at, ...before.filter((one) => one <= now)].sort().at(-1) ?? now;
}

/**
 * Lets the clock run again from the act on.
 * @throws SeveralRefusals DEADLINE_NOT_OPEN, DEADLINE_FIXED, CLOCK_NOT_STOPPED; of a person also REVISION_STALE and why the person may not
 */
export const resumeClock =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ businessKey, at, ...act }: ActOnClock): Promise<Climbed> =>
    inTransaction(pool, async (sql) => {
      const row = await lockToCompute(sql, businessKey);
      const stops = await stopsOf(sql, row);
      const now = await timeOfAct(sql, at, [row.receivedAt, ...stops.map(({ from_at: begun }) => begun)]);
      const standing = stops.find((stop) => stop.from_at <= now && stop.to_at > now);
      // Resumed already, asked again because the answer was lost.
      if (standing === undefined && stops[0]?.resumed_by === act.by) return climbedOf(sql, row);
      await refuseAct(sql, row, act, [
        standing === undefined ? new BusinessError('CLOCK_NOT_STOPPED', { deadline: businessKey }) : undefined,
      ]);
      await sql.query(
        `update deadline_stops set to_at = $2, resumed_at = $2, resumed_by = $3, resumed_for = $4, resume_reason = $5
          where deadline_id = $1 and from_at <= $2 and to_at > $2 and resumed_at is null`,
        [row.deadlineId, now, act.by, act.onBehalfOf ?? null, act.reason],
      );
      return changeDeadline(sql, row, { cause: 'resumed', reason: act.reason, ...actorOf(act, row) });
    });

/** The newest first. */
async function stopsOf(sql: PoolClient, { deadlineId }: DeadlineRow): Promise<readonly StopRow[]> {
  const { rows } = await sql.query<StopRow>(
    `select from_at, to_at, reason, stopped_by, resumed_by from deadline_stops where deadline_id = $1 order by from_at desc, stop_id desc`,
    [deadlineId],
  );
  return rows;
}
