/**
 * The schedule that starts the settlement days: 08:00 in Shanghai, Monday to Friday; the tick asks the calendar. It is
 * brought to this shape whenever a worker starts. In a manual book it is paused: there the mover starts the ticks.
 *
 * Operators backfill, or start the tick with a date. Nothing here triggers: the date of a trigger would be the moment
 * of pressing.
 */
import { ScheduleAlreadyRunning, type Client, type ScheduleOptions } from '@temporalio/client';
import { scheduleIdOf } from '../activities/intake/check-missed-starts';
import { storiesQueue } from '../activities/intake/dependencies';
import { addDays, shanghaiInstant, type BusinessDate } from '../domain/calendar/business-date';
import type { Channel } from '../domain/channel';
import { DAY_STARTS_AT, START_TIME } from '../domain/settlement/day-start';

const PAUSED_BY_HAND = '手工时钟账簿，由时钟推进者启动 manual book: the mover starts the ticks';

/** Makes the schedule or brings it to its shape. Whether somebody paused it in a real book is left as it is. */
export const reconcileSchedule = (client: Client, channel: Channel, mode: 'real' | 'manual'): Promise<void> =>
  reconcile(client, scheduleOf(client, channel), mode);

/** The samples of a month, on the first of the next, and in January the reports of the year; in a manual book people ask for them. */
export const reconcileSamples = (client: Client, mode: 'real' | 'manual'): Promise<void> =>
  reconcile(client, samplesOf(client), mode);

async function reconcile(client: Client, wanted: ScheduleOptions, mode: 'real' | 'manual'): Promise<void> {
  try {
    await client.schedule.create({
      ...wanted,
      state: { paused: mode === 'manual', note: mode === 'manual' ? PAUSED_BY_HAND : '' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(wanted.scheduleId).update(({ state }) => ({
      spec: wanted.spec,
      action: wanted.action,
      policies: wanted.policies ?? {},
      state: mode === 'manual' ? { ...state, paused: true, note: PAUSED_BY_HAND } : state,
    }));
  }
}

/**
 * Starts the ticks of a range of dates as if they had rung, both ends included. Days that were started stay as they
 * are. Returns before the ticks have run.
 */
export async function backfill(client: Client, channel: Channel, from: BusinessDate, to: BusinessDate): Promise<void> {
  await client.schedule.getHandle(scheduleIdOf(channel)).backfill({
    start: new Date(shanghaiInstant(from, '00:00')),
    end: new Date(shanghaiInstant(addDays(to, 1), '00:00')),
    overlap: 'BUFFER_ALL',
  });
}

const SAMPLES_AT = { hour: 8, minute: 30, dayOfMonth: 1 } as const;

function samplesOf(client: Client): ScheduleOptions {
  return {
    scheduleId: 'monthly-samples',
    spec: {
      calendars: [{ ...SAMPLES_AT, comment: '每月一日 08:30 the first of every month' }],
      timezone: 'Asia/Shanghai',
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'sampleTick',
      workflowId: 'sample-tick',
      taskQueue: storiesQueue(client),
      args: [],
      staticSummary: '请求月度抽样 ask for the samples of the month',
    },
    // A month that was missed is drawn later, out of the same population.
    policies: { overlap: 'SKIP', catchupWindow: '20d', pauseOnFailure: false },
  };
}

function scheduleOf(client: Client, channel: Channel): ScheduleOptions {
  const scheduleId = scheduleIdOf(channel);
  return {
    scheduleId,
    spec: {
      calendars: [
        {
          ...DAY_STARTS_AT,
          dayOfWeek: { start: 'MONDAY', end: 'FRIDAY' },
          comment: `每个工作日 ${START_TIME} every weekday`,
        },
      ],
      timezone: 'Asia/Shanghai',
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'settlementDayTick',
      workflowId: scheduleId,
      taskQueue: storiesQueue(client),
      args: [{ channel }],
      staticSummary: '启动结算日 start the settlement day',
    },
    policies: {
      overlap: 'SKIP',
      // A late start is a start of the same date or none: sixteen hours from 08:00 to midnight.
      catchupWindow: '16h',
      pauseOnFailure: false,
    },
  };
}
