/**
 * Recorded runs, replayed on every change: a change that would break a process under way shows here. The corpus holds
 * runs of both clock modes, because a manual one proves nothing of the timers of a real one. Replay does not notice
 * changed arguments or lengths of timers; the tests of stories do.
 *
 *   test/histories/product   runs of the product's own processes
 *   test/histories/stories   runs of the small processes that put the building blocks to work
 *
 * After a change that is meant to break them - and while no process of the product is under way anywhere - all are recorded anew:
 *
 *   RECORD_HISTORIES=1 npx jest test/day/real-clock           a settlement day of a real book, backfilled, its files late
 *   RECORD_HISTORIES=1 npx jest test/workflows/permission-opening   openings of permissions
 *   RECORD_HISTORIES=1 npx jest test/workflows/building-blocks/promises   telling by telephone, in time and late
 *   RECORD_HISTORIES=1 npx jest test/workflows/permission-changes test/workflows/callback   what follows them
 *   RECORD_HISTORIES=1 npx jest test/api/parameter-changes test/api/role-grants test/api/delegations   parameters, roles, more time, delegations
 *   RECORD_HISTORIES=1 npx jest test/api/elections            corporate actions, telephone elections, deadlines moved
 *   RECORD_HISTORIES=1 npx jest test/workflows/histories      everything else; three rehearsed days take half a minute
 */
import { Worker, type InjectedSinks } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadReference } from '../../activities/books/load-reference';
import { installRuntime, openLog } from '../../worker/logging';
import { workflowBundle } from '../../worker/workflow-bundle';
import type { RefusalSinks } from '../../workflows/building-blocks/refused-updates';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import { completeTask } from '../../workflows/messages/tasks';
import { CORPUS, isRecording, keepHistory } from '../support/kept-history';
import { rehearsedDays } from '../support/rehearsed-days';
import { openStoryStage, type StoryStage } from '../support/story-stage';
import { formSent } from '../support/typed-texts';
import { untilTrue } from '../support/eventually';

const STORIES = require.resolve('./building-blocks/stories');
const START = '2025-06-23T00:00:00.000Z';
const after = (instant: string | number, ms: number) => new Date(new Date(instant).getTime() + ms).toISOString();

const recorded = (folder: string) =>
  readdirSync(path.join(CORPUS, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      name,
      history: JSON.parse(readFileSync(path.join(CORPUS, folder, name), 'utf8')) as Record<string, unknown>,
    }));

/** What a replay says was refused has been told when it happened. */
const TOLD_TO_NOBODY: InjectedSinks<RefusalSinks> = {
  refusals: { tell: { fn: () => undefined, callDuringReplay: false } },
};

async function replay(workflowBundleOf: { codePath: string }, folder: string): Promise<void> {
  const failed: string[] = [];
  const histories = recorded(folder).map(({ name, history }) => ({ workflowId: name, history }));
  const results = Worker.runReplayHistories({ workflowBundle: workflowBundleOf, sinks: TOLD_TO_NOBODY }, histories);
  let replayed = 0;
  for await (const { workflowId, error } of results) {
    replayed += 1;
    if (error !== undefined) failed.push(`${workflowId}: ${error.message}`);
  }
  expect(failed).toEqual([]);
  expect(replayed).toBe(histories.length);
}

describe('recorded runs', () => {
  beforeAll(() => installRuntime(openLog('error'), undefined));
  if (isRecording) {
    beforeAll(async () => {
      await recordManual();
      await recordReal();
      await recordTick();
      await recordDay();
    }, 300_000);
  }

  test('both clock modes are in the corpus', () => {
    const modes = recorded('stories').map(({ name }) => name.split('-')[0]);
    expect(new Set(modes)).toEqual(new Set(['manual', 'real']));
    const ofProduct = recorded('product').map(({ name }) => name);
    expect(ofProduct).toEqual(
      expect.arrayContaining([
        'settlement-day-manual.json',
        'settlement-day-real-ahead.json',
        'settlement-day-real.json',
        'tick-started.json',
      ]),
    );
  });

  test('the building blocks replay', async () => {
    await replay({ codePath: await workflowBundle(STORIES) }, 'stories');
  });

  test("the product's processes replay", async () => {
    await replay({ codePath: await workflowBundle() }, 'product');
  });

  test('a process that does something else than was recorded is noticed', async () => {
    const [waited] = recorded('stories').filter(({ name }) => name === 'manual-waiter.json');
    const text = JSON.stringify(waited?.history).replaceAll('"waiter"', '"refusedVerb"');
    const stories = { codePath: await workflowBundle(STORIES) };
    await expect(
      Worker.runReplayHistory({ workflowBundle: stories, sinks: TOLD_TO_NOBODY }, JSON.parse(text) as object),
    ).rejects.toThrow(DeterminismViolationError);
  });
});

const keep = (stage: StoryStage, workflowId: string, file: string, runId?: string) =>
  keepHistory(stage.client, workflowId, file, runId);

async function approve(stage: StoryStage, workflowId: string): Promise<void> {
  const { rows } = await stage.pool.query<{ task_id: string }>(
    'select task_id::text from tasks where workflow_id = $1',
    [workflowId],
  );
  const taskId = rows[0]?.task_id ?? 'none';
  await stage.client.workflow.getHandle(workflowId).executeUpdate(completeTask, {
    args: [
      {
        taskId,
        revision: 2,
        form: await formSent(stage.pool, taskId, { decision: 'approve', reason: 'figures checked' }),
        actor: { person: 'li', role: 'operations' },
        requestId: 'r-1',
        at: START,
      },
    ],
    updateId: randomUUID(),
  });
}

const rungs = (start: string, step: number) =>
  ['plan ready', 'order approved', 'order approved', 'money in reserve'].map((condition, place) => ({
    rung: place + 1,
    dueAt: after(start, (place + 1) * step),
    audience: 'operations',
    severity: 'warning',
    actionZh: '催办',
    actionEn: 'urge',
    condition,
  }));

async function recordManual(): Promise<void> {
  const stage = await openStoryStage({ name: 'record manual', workflowsPath: STORIES, mode: 'manual', now: START });
  const minutes = (count: number) => after(START, count * 60_000);
  try {
    await stage.start('waiter', 'waiter', { instants: [minutes(-1), minutes(10), minutes(20), minutes(30)] });
    await stage.start('climber', 'climber', { rungs: rungs(START, 600_000) });
    await stage.start('approved', 'approved', { key: 'recorded', maker: 'wang' });
    await stage.start('renewer', 'renewer', { instants: [minutes(15), minutes(25)] });
    const { runId } = await stage.client.workflow.getHandle('renewer').describe();
    await stage.advance(minutes(12));
    await stage.client.workflow.getHandle('waiter').signal('reach', '');
    await stage.client.workflow.getHandle('climber').signal('reach', 'order approved');
    await approve(stage, 'approved');
    await stage.advance(minutes(60));
    for (const id of ['waiter', 'climber', 'approved']) await keep(stage, id, `stories/manual-${id}.json`);
    await keep(stage, 'renewer', 'stories/manual-renewer.json', runId);
  } finally {
    await stage.close();
  }
}

async function recordReal(): Promise<void> {
  const stage = await openStoryStage({ name: 'record real', workflowsPath: STORIES, mode: 'real' });
  try {
    const now = new Date().toISOString();
    await stage.start('waiter', 'waiter', { instants: [after(now, -1_000), after(now, 2_000)] });
    await stage.start('climber', 'climber', { rungs: rungs(now, 1_500) });
    await stage.client.workflow.getHandle('climber').signal('reach', 'order approved');
    await stage.start('approved', 'approved', { key: 'recorded', maker: 'wang' });
    const asked = () => stage.pool.query(`select 1 from tasks where workflow_id = 'approved'`);
    await untilTrue(async () => (await asked()).rowCount !== 0);
    await approve(stage, 'approved');
    for (const id of ['waiter', 'climber', 'approved']) {
      await stage.client.workflow.getHandle(id).result();
      await keep(stage, id, `stories/real-${id}.json`);
    }
  } finally {
    await stage.close();
  }
}

async function recordTick(): Promise<void> {
  const stage = await openStoryStage({
    name: 'record tick',
    workflowsPath: require.resolve('../worker/days'),
    mode: 'manual',
    now: '2025-06-29T00:00:00.000Z',
    ticks: ['SH'],
    prepare: loadReference,
  });
  try {
    await stage.advance('2025-07-01T00:00:00.000Z');
    await keep(stage, 'settlement-day-tick:SH:2025-06-30', 'product/tick-started.json');
    await keep(stage, 'settlement-day-tick:SH:2025-07-01', 'product/tick-skipped.json');
  } finally {
    await stage.close();
  }
}

/** The third day is the first with money to move: plans, orders with their approvals, transfers followed, a surplus drawn back. */
async function recordDay(): Promise<void> {
  await rehearsedDays(3, (client, dates) =>
    keepHistory(
      client,
      settlementDayId({ channel: 'SH', businessDate: dates[2]! }),
      'product/settlement-day-manual.json',
    ),
  );
}
