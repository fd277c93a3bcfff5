/** Processes are told side by side, each in its own order; on the real server, whose answers are looked at, held back, or left out. */
import { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { dispatchSignals } from '../../../activities/intake/dispatch-signals';
import { carriesRequestId, currentRequestId, onBehalfOfRequest } from '../../../activities/intake/request-id';
import { queueSignal, queueStart } from '../../../activities/outbox/queue-message';
import { untilTrue } from '../../support/eventually';
import { openStoryStage, type StoryStage } from '../../support/story-stage';

/** Nobody works at what is started here: only what the server was told is looked at. */
const stageOf = (mode: 'real' | 'manual') =>
  openStoryStage({
    name: `dispatch ${mode}`,
    workflowsPath: require.resolve('../../worker/days'),
    mode,
    ...(mode === 'manual' ? { now: '2025-06-23T00:00:00.000Z' } : {}),
    worker: false,
  });

const stages: StoryStage[] = [];
let real: StoryStage;
let manual: StoryStage;
beforeAll(async () => {
  for (const mode of ['real', 'manual'] as const) stages.push(await stageOf(mode));
  [real, manual] = stages as [StoryStage, StoryStage];
});
afterAll(async () => {
  for (const stage of stages) await stage.close();
});

interface Call {
  readonly id: string;
  readonly what: string;
  readonly requestId: string | undefined;
}

/** A client of the server that answers as `answer` says, once it lets it; what it was asked stands in `calls`, in that order. */
function watched(stage: StoryStage, answer: (call: Call) => Promise<void> = () => Promise.resolve()) {
  const calls: Call[] = [];
  const seen = { now: 0, most: 0 };
  const through = async <Answer>(id: string, what: string, next: () => Promise<Answer>): Promise<Answer> => {
    const call = { id, what, requestId: currentRequestId() };
    calls.push(call);
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    try {
      await answer(call);
      return await next();
    } finally {
      seen.now -= 1;
    }
  };
  const { connection } = stage.client;
  const temporal = new Client({
    connection,
    namespace: stage.book.namespace,
    interceptors: {
      workflow: [
        {
          startWithDetails: (input, next) => through(input.options.workflowId, 'start', () => next(input)),
          signal: (input, next) =>
            through(input.workflowExecution.workflowId ?? '', input.signalName, () => next(input)),
        },
        carriesRequestId,
      ],
    },
  });
  return { calls, seen, dispatch: () => dispatchSignals({ pool: stage.pool, temporal }) };
}

const day = (name: string, nth: number) => `settlement-day:${name}:${nth}`;

const asked = (stage: StoryStage, workflowId: string) =>
  queueStart(stage.pool, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'settlementDay',
    args: [{ businessDate: '2025-06-23' }],
  });

/** Processes of one name, each with a start and then as many signals. */
async function queued(stage: StoryStage, name: string, count: number, signals = 0): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, nth) => day(name, nth));
  for (const id of ids) await onBehalfOfRequest(`${id} asked`, () => asked(stage, id));
  for (let nth = 0; nth < signals; nth += 1)
    for (const id of ids)
      await queueSignal(stage.pool, { key: `${id}:${nth}`, workflowId: id, signal: `signal${nth}` });
  return ids;
}

const waiting = async (stage: StoryStage, name: string) => {
  const { rows } = await stage.pool.query<{ id: string; attempts: number }>(
    `select workflow_id as id, max(attempts) as attempts from waiting_messages where workflow_id like $1
      group by 1 order by min(message_id)`,
    [`settlement-day:${name}:%`],
  );
  return rows;
};

test('a process whose answer takes its time holds up nobody else, and each is told in its own order, by whose request', async () => {
  const ids = await queued(real, 'slow', 40, 2);
  const [, slow] = ids;
  const others = 3 * (ids.length - 1);
  let done = 0;
  const { calls, seen, dispatch } = watched(real, async ({ id }) => {
    if (id !== slow) return void (done += 1);
    await untilTrue(() => Promise.resolve(done === others), 20);
  });
  expect(await dispatch()).toEqual({ sent: 3 * ids.length });
  expect(seen.most).toBeLessThanOrEqual(16);
  for (const id of ids)
    expect(calls.filter((call) => call.id === id)).toEqual([
      { id, what: 'start', requestId: `${id} asked` },
      { id, what: 'signal0', requestId: undefined },
      { id, what: 'signal1', requestId: undefined },
    ]);
  expect(await waiting(real, 'slow')).toEqual([]);
});

test('a rehearsal takes one course: in a manual book one is told after the other, as they came', async () => {
  const ids = await queued(manual, 'one by one', 20);
  const { calls, seen, dispatch } = watched(manual, () => sleep(1));
  expect(await dispatch()).toEqual({ sent: 20 });
  expect(seen.most).toBe(1);
  expect(calls.map(({ id }) => id)).toEqual(ids);
});

test('a server that is away is asked once a round, and nothing is lost', async () => {
  const ids = await queued(real, 'away', 40);
  let isAway = true;
  const { calls, dispatch } = watched(real, () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()));
  expect(await dispatch()).toEqual({ sent: 0, stoppedBy: 'away' });
  expect(await waiting(real, 'away')).toEqual(ids.map((id, nth) => ({ id, attempts: nth === 0 ? 1 : 0 })));
  isAway = false;
  expect(await dispatch()).toEqual({ sent: 40 });
  expect(new Set(calls.map(({ id }) => id))).toEqual(new Set(ids));
  expect(await waiting(real, 'away')).toEqual([]);
});

test('a server that goes away in between stops the round: those under way are counted, the others not tried', async () => {
  const ids = await queued(real, 'going', 60);
  let answered = 0;
  const { calls, dispatch } = watched(real, async () => {
    answered += 1;
    if (answered > 20) throw new Error('gone');
    await sleep(1);
  });
  expect(await dispatch()).toEqual({ sent: 20, stoppedBy: 'gone' });
  const tried = calls.length - 20;
  expect(tried).toBeGreaterThan(0);
  expect(tried).toBeLessThanOrEqual(16);
  const left = await waiting(real, 'going');
  expect(left).toHaveLength(ids.length - 20);
  expect(left.filter(({ attempts }) => attempts === 1)).toHaveLength(tried);
  expect(left.filter(({ attempts }) => attempts === 0)).toHaveLength(left.length - tried);
  await watched(real).dispatch();
  expect(await waiting(real, 'going')).toEqual([]);
});

test('one that the server refuses holds up those behind it of its own process only, wherever among the others it stands', async () => {
  const ids = await queued(real, 'refused', 20, 1);
  const refused = [ids[0], ids[7], ids[19]];
  await real.pool.query(
    `update waiting_starts set payload = payload || '{"attributes":{"NobodyRegisteredThis":"x"}}' where workflow_id = any($1)`,
    [refused],
  );
  const { calls, dispatch } = watched(real);
  expect(await dispatch()).toMatchObject({
    sent: 2 * 17,
    stoppedBy: expect.stringContaining('NobodyRegisteredThis') as unknown,
  });
  expect(calls.filter(({ id, what }) => refused.includes(id) && what !== 'start')).toEqual([]);
  expect((await waiting(real, 'refused')).map(({ id, attempts }) => [id, attempts])).toEqual(
    refused.map((id) => [id, 1]),
  );
});
