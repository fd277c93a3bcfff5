/**
 * A day that should run and does not raises an alarm, whatever the reason: the schedule is paused or missing, the server
 * was down over its catch-up window, no worker took the tick. Safe to repeat: one alarm a date (and a count of misses).
 */
import { ScheduleNotFoundError } from '@temporalio/client';
import type { PoolClient } from 'pg';
import { businessDateOf, shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import type { MarketCalendar } from '../../domain/calendar/market-calendar';
import type { Channel } from '../../domain/channel';
import { STARTED_BY } from '../../domain/settlement/day-start';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { inTransaction } from '../database/transaction';
import { queueNotices } from '../outbox/queue-notice';
import type { Told } from '../outbox/render-message';
import type { IntakeDependencies } from './dependencies';

const AUDIENCE: readonly string[] = ['operations', 'admin'];

/** Id of the schedule that starts the days of a channel. */
export const scheduleIdOf = (channel: Channel): string => `settlement-day-tick:${channel}`;

/**
 * Looks for missed starts at an instant of business time.
 * @param now UTC
 * @returns how many alarms are new
 */
export async function checkMissedStarts(
  deps: Pick<IntakeDependencies, 'pool' | 'temporal'>,
  channel: Channel,
  now: string,
): Promise<number> {
  const schedule = await scheduleState(deps.temporal, scheduleIdOf(channel));
  return inTransaction(deps.pool, async (sql) => {
    const { calendar } = await loadMarketCalendar(sql, channel);
    let alarms = 0;
    for (const date of await datesDue(sql, channel, calendar, now)) {
      if (!(await isStarted(sql, channel, date))) alarms += await alarmMissingDay(sql, channel, date, schedule);
    }
    if (schedule.missed > 0) alarms += await alarmMissedWindow(sql, channel, schedule.missed, businessDateOf(now));
    return alarms;
  });
}

interface ScheduleState {
  readonly state: 'running' | 'paused' | 'missing';
  /** Starts that fell out of the catch-up window since the schedule was made. */
  readonly missed: number;
}

async function scheduleState(temporal: IntakeDependencies['temporal'], scheduleId: string): Promise<ScheduleState> {
  try {
    const { info, state } = await temporal.schedule.getHandle(scheduleId).describe();
    return { state: state.paused ? 'paused' : 'running', missed: info.numActionsMissedCatchupWindow };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return { state: 'missing', missed: 0 };
    throw error;
  }
}

/** Today once it is due, and the trading day before it in a book that was at work by then. */
async function datesDue(
  sql: PoolClient,
  channel: Channel,
  calendar: MarketCalendar,
  now: string,
): Promise<readonly BusinessDate[]> {
  const today = businessDateOf(now);
  if (today < calendar.from || today > calendar.to) return [];
  const dates: BusinessDate[] = [];
  const { rows } = await sql.query<{ first: BusinessDate | null }>(
    'select min(business_date)::text as first from settlement_days where channel = $1',
    [channel],
  );
  const first = rows[0]?.first ?? null;
  if (first !== null && first < today) {
    const before = calendar.previousTradingDay(today);
    if (before >= first) dates.push(before);
  }
  if (calendar.isTradingDay(today) && now >= shanghaiInstant(today, STARTED_BY)) dates.push(today);
  return dates;
}

/** Under way or closed. A process that ended without closing its day has failed, and the day is missing. */
async function isStarted(sql: PoolClient, channel: Channel, date: BusinessDate): Promise<boolean> {
  const { rows } = await sql.query<{ started: boolean }>(
    `select exists (select from settlement_days where channel = $1 and business_date = $2 and closed_at is not null)
         or exists (select from processes where workflow_id = 'settlement-day:' || $3 and not closed) as started`,
    [channel, date, `${channel}:${date}`],
  );
  return rows[0]?.started === true;
}

async function alarmMissingDay(
  sql: PoolClient,
  channel: Channel,
  date: BusinessDate,
  { state }: ScheduleState,
): Promise<number> {
  const causes = {
    running: { zh: '定时计划正常，但未启动', en: 'the schedule runs, but nothing was started' },
    paused: { zh: '定时计划已暂停', en: 'the schedule is paused' },
    missing: { zh: '没有定时计划', en: 'there is no schedule' },
  } as const;
  return alarm(
    sql,
    `missed-start:${channel}:${date}`,
    { channel, businessDate: date },
    { template: 'MISSED_START', facts: { channel, date, time: STARTED_BY, cause: causes[state] } },
  );
}

/** Which dates were missed the schedule does not say: it is told with the day on which it was seen. */
async function alarmMissedWindow(
  sql: PoolClient,
  channel: Channel,
  missed: number,
  seenOn: BusinessDate,
): Promise<number> {
  return alarm(
    sql,
    `missed-window:${channel}:${missed}`,
    { channel, businessDate: seenOn },
    { template: 'MISSED_WINDOW', facts: { channel, count: String(missed) } },
  );
}

const alarm = (
  sql: PoolClient,
  key: string,
  day: { readonly channel: Channel; readonly businessDate: BusinessDate },
  told: Told,
): Promise<number> =>
  queueNotices(
    sql,
    { severity: 'critical', day, ...told },
    AUDIENCE.map((role) => ({ key: `${key}:${role}`, role })),
  );
