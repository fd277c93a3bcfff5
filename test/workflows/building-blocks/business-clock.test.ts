/** Waiting on the real server, in both modes, with the clock moved by hand and by itself. */
import { advanceClock } from '../../../activities/intake/clock/advance-clock';
import { openStoryStage, type StoryStage } from '../../support/story-stage';
import { untilTrue } from '../../support/eventually';

const START = '2025-06-23T00:00:00.000Z';
const at = (minutes: number) => new Date(Date.parse(START) + minutes * 60_000).toISOString();
const workflowsPath = require.resolve('./stories');

describe('in a manual book', () => {
  let stage: StoryStage;
  beforeAll(async () => {
    stage = await openStoryStage({ name: 'business clock manual', workflowsPath, mode: 'manual', now: START });
  });
  afterAll(() => stage.close());

  const result = (workflowId: string): Promise<unknown> => stage.client.workflow.getHandle(workflowId).result();
  const length = async (workflowId: string): Promise<number> =>
    (await stage.client.workflow.getHandle(workflowId).describe()).historyLength;

  test('each wait ends at its own instant, one that has passed at once, and one by its condition', async () => {
    await stage.start('waiter', 'waiter:all', { instants: [at(-5), at(10), at(20), at(30)] });
    await stage.advance(at(5));
    const waits = () =>
      stage.pool.query<{ at: string; summary: string }>(
        `select at, summary from clock_waits where workflow_id = 'waiter:all'`,
      );
    expect((await waits()).rows).toEqual([{ at: at(10), summary: '等待 1 wait 1' }]);

    const moved = await stage.advance(at(12));
    expect(moved).toMatchObject({ now: at(12), next: at(20) });
    await stage.client.workflow.getHandle('waiter:all').signal('reach', '');
    await stage.advance(at(12));
    // The wait that ended by its condition took its row along when the next one was armed.
    expect((await waits()).rows).toEqual([{ at: at(30), summary: '等待 3 wait 3' }]);

    await stage.advance(at(40));
    expect(await result('waiter:all')).toEqual(['due', 'due', 'done', 'due']);
  });

  test('one advance over many instants stops at each, also after continue-as-new', async () => {
    await stage.advance(at(60));
    await stage.start('renewer', 'renewer:1', { instants: [at(61), at(62), at(63)] });
    const moved = await stage.advance(at(70));
    // 60, 61, 62, 63, 70
    expect(moved.instants).toBe(5);
    expect(await result('renewer:1')).toBe('done');
  });

  test('moves that are not due cost a waiting process nothing', async () => {
    await stage.start('waiter', 'waiter:long', { instants: [at(10_000)] });
    await stage.advance(at(71));
    const before = await length('waiter:long');
    for (let minute = 72; minute < 92; minute += 1) await stage.advance(at(minute));
    expect(await length('waiter:long')).toBe(before);
  });

  test('the clock goes forward only, and one mover moves it at a time', async () => {
    await expect(stage.advance(at(10))).rejects.toMatchObject({ code: 'CLOCK_MOVES_FORWARD_ONLY' });
    const both = await Promise.allSettled([stage.advance(at(100)), stage.advance(at(100))]);
    expect(
      both.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'moved')).sort(),
    ).toEqual(['CLOCK_MOVE_UNDER_WAY', 'moved']);
  });

  test('a refusal by a verb arrives as its code, and is not repeated', async () => {
    await stage.start('refusedVerb', 'refusedVerb:1');
    await stage.advance(at(100));
    expect(await result('refusedVerb:1')).toBe('NOT_FOUND');
  });

  test('a book that does not come to rest is told with what is busy', async () => {
    await stage.stopWorker();
    await stage.start('waiter', 'waiter:nobody', { instants: [at(200)] });
    await expect(advanceClock(stage.intake, at(101), { seconds: 1 })).rejects.toMatchObject({
      code: 'BOOK_NOT_SETTLED',
      details: { busy: expect.stringContaining('waiter:nobody') as string },
    });
  });
});

describe('in a real book', () => {
  let stage: StoryStage;
  beforeAll(async () => {
    stage = await openStoryStage({ name: 'business clock real', workflowsPath, mode: 'real' });
  });
  afterAll(() => stage.close());

  test('waits are durable timers', async () => {
    const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
    await stage.start('waiter', 'waiter:real', { instants: [soon(-1_000), soon(700), soon(3_600_000)] });
    const handle = stage.client.workflow.getHandle('waiter:real');
    // On a slow machine the second instant too has passed when the process begins; the third is an hour away.
    await timerOf(stage, 'waiter:real', 3_000);
    await handle.signal('reach', '');
    expect(await handle.result()).toEqual(['due', 'due', 'done']);
    const { rows } = await stage.pool.query('select * from clock_waits');
    expect(rows).toEqual([]);
  });

  test('the clock is moved by nobody', async () => {
    await expect(stage.advance(at(10))).rejects.toMatchObject({ code: 'NOT_A_REHEARSAL' });
  });

  test('a bank that does not answer is not waited for beyond the purpose of the question, and not given up before', async () => {
    const until = new Date(Date.now() + 2_000).toISOString();
    await stage.start('patientUntil', 'patient:1', { at: until });
    expect(await stage.client.workflow.getHandle('patient:1').result()).toBe('no answer');
    expect(new Date().toISOString() >= until).toBe(true);
  });
});

/** Waits until the history holds a timer of so many seconds and more. */
const timerOf = (stage: StoryStage, workflowId: string, seconds: number): Promise<void> =>
  untilTrue(async () => {
    const { events } = await stage.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).some(
      (event) => Number(event.timerStartedEventAttributes?.startToFireTimeout?.seconds ?? 0) >= seconds,
    );
  });
