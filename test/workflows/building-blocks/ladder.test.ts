/** Deadline ladders: each rung rings at its own time, and every one is recorded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deliverUnsentNotices } from '../../../activities/outbox/deliver-notices';
import { connectMessages } from '../../../adapters/messages/connect-messages';
import { startSimulator } from '../../../simulators/launch';
import type { Rung } from '../../../workflows/building-blocks/ladder';
import { NOBODY, openStoryStage, type StoryStage } from '../../support/story-stage';

const START = '2025-06-23T00:00:00.000Z';
const shanghai = (time: string) => new Date(`2025-06-23T${time}:00+08:00`).toISOString();
const rung = (number: number, time: string, condition: string, audience: string): Rung => ({
  rung: number,
  dueAt: shanghai(time),
  audience,
  severity: condition === 'money in reserve' ? 'critical' : 'warning',
  actionZh: `催办${number}`,
  actionEn: `urge ${number}`,
  condition,
});
const RUNGS = [
  rung(1, '08:30', 'plan ready', 'operations'),
  rung(2, '09:15', 'order approved', 'operations'),
  rung(3, '09:30', 'order approved', 'operations'),
  rung(4, '09:45', 'order approved', 'operations'),
  rung(5, '10:00', 'money in reserve', 'operations, finance'),
];

let stage: StoryStage;
let day = 0;
beforeAll(async () => {
  stage = await openStoryStage({
    name: 'ladder',
    workflowsPath: require.resolve('./stories'),
    mode: 'manual',
    now: START,
    messagesUrl: NOBODY,
  });
});
afterAll(() => stage.close());

/** Climbs on a day of its own, so that the tests share one book; what is reached is told at its Shanghai time. */
async function climb(reached: readonly (readonly [time: string, condition: string])[]) {
  const shift = (instant: string) => new Date(Date.parse(instant) + day * 86_400_000).toISOString();
  const workflowId = `climber:${day}`;
  await stage.advance(shift(START));
  await stage.start('climber', workflowId, { rungs: RUNGS.map((one) => ({ ...one, dueAt: shift(one.dueAt) })) });
  for (const [time, condition] of reached) {
    await stage.advance(shift(shanghai(time)));
    await stage.client.workflow.getHandle(workflowId).signal('reach', condition);
  }
  await stage.advance(shift(shanghai('11:00')));
  const { rows } = await stage.pool.query<{ rung: number; state: string; done_at: string; done_by: string }>(
    'select rung, state, done_at, done_by from ladder_rungs where workflow_id = $1 order by rung',
    [workflowId],
  );
  const { rows: notices } = await stage.pool.query<{ message_key: string; severity: string; created_at: string }>(
    `select message_key, severity, created_at from outbox where workflow_id = $1 order by message_id`,
    [workflowId],
  );
  const shanghaiTime = (instant: string) => new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(11, 16);
  const result: unknown = await stage.client.workflow.getHandle(workflowId).result();
  day += 1;
  return {
    result,
    rungs: rows.map((row) => `${row.rung} ${row.state} ${shanghaiTime(row.done_at)} ${row.done_by}`),
    notices: notices.map(
      (row) => `${shanghaiTime(row.created_at)} ${row.severity} ${row.message_key.split(':').slice(-2).join(' ')}`,
    ),
  };
}

test('nothing reached: each rung rings at its own time and the last one escalates', async () => {
  expect(await climb([])).toEqual({
    result: { end: 'escalated', missed: [1, 2, 3, 4, 5] },
    rungs: [
      '1 acted 08:30 southbound',
      '2 acted 09:15 southbound',
      '3 acted 09:30 southbound',
      '4 acted 09:45 southbound',
      '5 escalated 10:00 southbound',
    ],
    notices: [
      '08:30 warning 1 operations',
      '09:15 warning 2 operations',
      '09:30 warning 3 operations',
      '09:45 warning 4 operations',
      '10:00 critical 5 operations',
      '10:00 critical 5 finance',
    ],
  });
});

test('a good morning: rungs are met when their condition holds, together where they share it, and nobody is told', async () => {
  const climbed = await climb([
    ['08:10', 'plan ready'],
    ['08:40', 'order approved'],
    ['09:05', 'money in reserve'],
  ]);
  const by = (condition: string) => `person who reached ${condition}`;
  expect(climbed).toEqual({
    result: { end: 'met', missed: [] },
    rungs: [
      `1 met 08:10 ${by('plan ready')}`,
      `2 met 08:40 ${by('order approved')}`,
      `3 met 08:40 ${by('order approved')}`,
      `4 met 08:40 ${by('order approved')}`,
      `5 met 09:05 ${by('money in reserve')}`,
    ],
    notices: [],
  });
});

test('a late approval: some rungs acted, the rest met', async () => {
  const climbed = await climb([
    ['08:10', 'plan ready'],
    ['09:40', 'order approved'],
  ]);
  expect(climbed.result).toEqual({ end: 'escalated', missed: [2, 3, 5] });
  expect(climbed.rungs.map((line) => line.slice(0, 11))).toEqual([
    '1 met 08:10',
    '2 acted 09:',
    '3 acted 09:',
    '4 met 09:40',
    '5 escalated',
  ]);
});

test('messages that are down hold up nothing; when they are back every notice arrives once, whoever delivers', async () => {
  const count = async () => {
    const { rows } = await stage.pool.query<{ unsent: number; tried: number }>(
      `select count(*)::int as unsent, count(*) filter (where attempts > 0)::int as tried from outbox where sent_at is null`,
    );
    return rows[0];
  };
  // Six of the first morning; of the third 09:15, 09:30 and two at 10:00.
  expect(await count()).toEqual({ unsent: 10, tried: 10 });
  const folder = mkdtempSync(path.join(tmpdir(), 'southbound-messages-'));
  const messages = await startSimulator('messages', { data: folder, inbox: folder, stateDir: folder });
  try {
    const port = connectMessages({ gatewayUrl: messages.url });
    const delivered = await Promise.all([1, 2].map(() => deliverUnsentNotices({ pool: stage.pool, messages: port })));
    // One delivers at a time; who finds another at it leaves it to that one.
    expect(delivered.map(({ sent }) => sent).sort()).toEqual([0, 10]);
    expect(await count()).toEqual({ unsent: 0, tried: 0 });
    const list = (await (await fetch(`${messages.url}/messages`)).json()) as { messages: readonly { key: string }[] };
    expect(new Set(list.messages.map(({ key }) => key)).size).toBe(10);
    expect(list.messages).toHaveLength(10);
  } finally {
    await messages.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
