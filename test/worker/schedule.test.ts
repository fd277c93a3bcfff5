/** The schedule, its tick and the alarm for a day that does not start, on the published calendar. */
import { checkMissedStarts } from '../../activities/intake/check-missed-starts';
import { loadReference } from '../../activities/books/load-reference';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { backfill, reconcileSchedule } from '../../worker/schedules';
import { openStoryStage, type StoryStage } from '../support/story-stage';
import { TICK_SCHEDULE, ticksDone } from '../support/ticks';
import { toldMessages } from '../support/told';

const workflowsPath = require.resolve('./days');
const date = (text: string) => text as BusinessDate;
/** 28 and 29 June are a weekend, 1 July is a holiday in Hong Kong. */
const DAYS = ['2025-06-23', '2025-06-24', '2025-06-25', '2025-06-26', '2025-06-27', '2025-06-30', '2025-07-02'];

async function startedDays(stage: StoryStage): Promise<readonly string[]> {
  const { rows } = await stage.pool.query<{ day: string }>(
    `select business_key_of(workflow_id) as day from processes where type = 'settlementDay' order by workflow_id`,
  );
  return rows.map(({ day }) => day);
}

async function skippedDays(stage: StoryStage): Promise<readonly (readonly string[])[]> {
  const { rows } = await stage.pool.query<{ business_date: string; reason: string }>(
    'select business_date, reason from skipped_days order by business_date',
  );
  return rows.map((row) => [row.business_date, row.reason]);
}

const alarms = async (stage: StoryStage, key: string): Promise<readonly string[]> => {
  const told = await toldMessages(stage.pool, `message_key like $1 and severity = 'critical'`, `${key}:%`);
  return told.map(({ text }) => text.en);
};

describe('in a real book', () => {
  let stage: StoryStage;
  beforeAll(async () => {
    stage = await openStoryStage({
      name: 'schedule real',
      workflowsPath,
      mode: 'real',
      prepare: loadReference,
    });
    // At eight in Shanghai it would take an action of its own between those that are asked for here.
    await schedule().pause('for this test');
  });
  afterAll(() => stage.close());

  const schedule = () => stage.client.schedule.getHandle(TICK_SCHEDULE);
  const runIds = () =>
    Promise.all(
      DAYS.map(async (day) => (await stage.client.workflow.getHandle(`settlement-day:SH:${day}`).describe()).runId),
    );
  test('backfilled over two weeks it starts the seven trading days and records why 1 July is none', async () => {
    await backfill(stage.client, 'SH', date('2025-06-23'), date('2025-07-02'));
    await ticksDone(stage.client, 8);
    expect(await startedDays(stage)).toEqual(DAYS.map((day) => `SH:${day}`));
    expect(await skippedDays(stage)).toEqual([['2025-07-01', expect.stringContaining('SEHK') as string]]);
  });

  test('backfilled again it starts nothing twice, whether a day still runs or has closed', async () => {
    await stage.client.workflow.getHandle('settlement-day:SH:2025-06-23').signal('endDay');
    await stage.client.workflow.getHandle('settlement-day:SH:2025-06-23').result();
    const before = await runIds();
    await backfill(stage.client, 'SH', date('2025-06-23'), date('2025-07-02'));
    await ticksDone(stage.client, 16);
    expect(await runIds()).toEqual(before);
    expect(await skippedDays(stage)).toHaveLength(1);
  });

  test('a day that was terminated is started again by its date', async () => {
    const handle = stage.client.workflow.getHandle('settlement-day:SH:2025-06-24');
    const before = (await handle.describe()).runId;
    await handle.terminate('broken');
    const result: unknown = await stage.client.workflow.execute('settlementDayTick', {
      workflowId: 'settlement-day-tick:SH:2025-06-24',
      taskQueue: `${stage.book.namespace}-stories`,
      args: [{ channel: 'SH', businessDate: '2025-06-24' }],
    });
    expect(result).toEqual({ businessDate: '2025-06-24', outcome: 'started' });
    expect((await stage.client.workflow.getHandle('settlement-day:SH:2025-06-24').describe()).runId).not.toBe(before);
  });

  test('a date that the calendar does not know, or whose trades settle beyond it, is recorded and raises an alarm', async () => {
    const tick = (businessDate: string): Promise<unknown> =>
      stage.client.workflow.execute('settlementDayTick', {
        workflowId: `settlement-day-tick:SH:${businessDate}`,
        taskQueue: `${stage.book.namespace}-stories`,
        args: [{ channel: 'SH', businessDate }],
      });
    const result = await tick('2027-01-04');
    expect(await tick('2026-12-30')).toMatchObject({ businessDate: '2026-12-30', outcome: 'calendar unknown' });
    expect(await alarms(stage, 'calendar-unknown:SH:2026-12-30')).toHaveLength(2);
    expect(result).toMatchObject({ businessDate: '2027-01-04', outcome: 'calendar unknown' });
    expect((await skippedDays(stage)).map(([day]) => day)).toEqual(['2025-07-01', '2026-12-30', '2027-01-04']);
    expect(await alarms(stage, 'calendar-unknown:SH:2027-01-04')).toHaveLength(2);
  });

  test('paused, it alarms two minutes after the day should have begun: once, and not on a day that is none', async () => {
    const at = (day: string, time: string) => new Date(`${day}T${time}+08:00`).toISOString();
    const cases: [string, string, number][] = [
      // business time                    why                              new alarms (operations, admin)
      [at('2025-07-03', '08:01:59'), 'not yet two minutes', 0],
      [at('2025-07-03', '08:02:00'), 'two minutes past', 2],
      [at('2025-07-03', '08:02:30'), 'told already', 0],
      [at('2025-07-05', '09:00:00'), 'a Saturday', 0],
      [at('2025-07-01', '09:00:00'), 'a holiday', 0],
      [at('2025-07-02', '09:00:00'), 'started', 0],
    ];
    for (const [now, why, expected] of cases) {
      expect([why, await checkMissedStarts(stage.intake, 'SH', now)]).toEqual([why, expected]);
    }
    expect(await alarms(stage, 'missed-start:SH:2025-07-03')).toEqual([
      expect.stringContaining('the schedule is paused'),
      expect.stringContaining('the schedule is paused'),
    ]);
  });

  test('a worker that starts brings the schedule to its shape and leaves a pause alone', async () => {
    await schedule().update((described) => ({
      ...described,
      action: { ...described.action, args: [{ channel: 'SZ' }] },
    }));
    await reconcileSchedule(stage.client, 'SH', 'real');
    const { action, state, policies } = await schedule().describe();
    expect(action.args).toEqual([{ channel: 'SH' }]);
    expect(state.paused).toBe(true);
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 16 * 3_600_000 });
  });
});

test('in a manual book the schedule is paused and the mover starts the days, each at 08:00 of its date', async () => {
  const stage = await openStoryStage({
    name: 'schedule manual',
    workflowsPath,
    mode: 'manual',
    now: '2025-06-26T12:00:00.000Z',
    ticks: ['SH'],
    prepare: loadReference,
  });
  try {
    expect((await stage.client.schedule.getHandle(TICK_SCHEDULE).describe()).state.paused).toBe(true);
    const moved = await stage.advance('2025-07-02T00:00:00.000Z');
    // Stands at 26 June, then 27 and 30 June, 1 and 2 July; the weekend has no tick.
    expect(moved).toEqual({ now: '2025-07-02T00:00:00.000Z', next: '2025-07-03T00:00:00.000Z', instants: 5 });
    expect(await startedDays(stage)).toEqual(['SH:2025-06-27', 'SH:2025-06-30', 'SH:2025-07-02']);
    expect((await skippedDays(stage)).map(([day]) => day)).toEqual(['2025-07-01']);
    await stage.advance('2025-07-02T00:00:00.000Z');
    expect(await startedDays(stage)).toHaveLength(3);
  } finally {
    await stage.close();
  }
});
