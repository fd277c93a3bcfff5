/** A worker killed in the middle of a person's decision: a new one goes on, and the person gets the one answer. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { WorkflowUpdateStage } from '@temporalio/client';
import { makeBulk } from '../../activities/intake/task-bulks';
import { completeTask } from '../../workflows/messages/tasks';
import { openStoryStage, type StoryStage } from '../support/story-stage';
import { formSent } from '../support/typed-texts';
import { untilTrue } from '../support/eventually';

const START = '2025-06-23T00:00:00.000Z';
let stage: StoryStage;
const workers: ChildProcess[] = [];
beforeAll(async () => {
  stage = await openStoryStage({
    name: 'killed',
    workflowsPath: require.resolve('../workflows/building-blocks/stories'),
    mode: 'manual',
    now: START,
    worker: false,
  });
});
afterAll(async () => {
  await Promise.all(workers.map(kill));
  await stage.close();
});

async function startWorkerProcess(): Promise<ChildProcess> {
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  const child = spawn(
    process.execPath,
    ['--import', tsx, path.join(__dirname, 'worker-process.ts'), JSON.stringify(stage.config), stage.bundle],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  workers.push(child);
  if (child.stdout === null) throw new Error('a child with a pipe has an output');
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** The next thing that is done with a task waits until what is answered here is called. */
async function heldTask(taskId: string): Promise<() => Promise<void>> {
  const holder = await stage.pool.connect();
  await holder.query('begin');
  // Whoever only names the task, as a row of a bulk does, is not held up.
  await holder.query('select 1 from tasks where task_id = $1 for no key update', [taskId]);
  return async () => {
    await holder.query('rollback');
    holder.release();
  };
}

/** Until a verb stands at the task that is held, and not at a lock of a moment. */
const somebodyWaits = () =>
  untilTrue(async () => {
    const waiting = await stage.pool.query(
      `select from pg_stat_activity one join pg_stat_activity other on other.pid = any (pg_blocking_pids(one.pid))
        where one.datname = $1 and other.state = 'idle in transaction' and other.query like '%for no key update%'`,
      [stage.book.database],
    );
    return (waiting.rowCount ?? 0) > 0;
  });

test('killed while a decision is being written: the next worker writes it, once', async () => {
  const first = await startWorkerProcess();
  await stage.start('approved', 'approved:killed', { key: 'killed', maker: 'wang' });
  await stage.advance(START);
  const handle = stage.client.workflow.getHandle('approved:killed');
  const { rows } = await stage.pool.query<{ task_id: string }>('select task_id::text from tasks');
  const taskId = rows[0]?.task_id ?? 'none';

  // The verb waits for this lock: the worker dies in the middle of it.
  const letGo = await heldTask(taskId);
  const update = await handle.startUpdate(completeTask, {
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
    updateId: 'decision-1',
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  });
  await somebodyWaits();
  await kill(first);
  await letGo();

  await startWorkerProcess();
  const outcome = await update.result();
  expect(outcome).toMatchObject({ outcome: { result: 'completed', by: { person: 'li' } } });
  expect(await handle.result()).toMatchObject({ decision: 'approved' });
  const { rows: written } = await stage.pool.query(
    `select (select count(*)::int from approvals) as approvals,
            (select count(*)::int from audit where action = 'complete task approve-order') as audited`,
  );
  expect(written).toEqual([{ approvals: 1, audited: 1 }]);
});

test('killed in the middle of a bulk: every row has its result, and everything was done once', async () => {
  const first = workers.at(-1);
  if (first === undefined) throw new Error('the worker of the test before goes on');
  const keys = ['bulk-1', 'bulk-2', 'bulk-3', 'bulk-4', 'bulk-5'];
  for (const key of keys) await stage.start('approved', `approved:${key}`, { key, maker: 'wang' });
  await stage.advance(START);
  const { rows: tasks } = await stage.pool.query<{ task_id: string }>(
    'select task_id::text from tasks where business_key = any ($1) order by task_id',
    [keys],
  );
  const taskIds = tasks.map(({ task_id: taskId }) => taskId);
  const letGo = await heldTask(taskIds[2] ?? '');
  const bulkId = await makeBulk({ pool: stage.pool })({
    person: 'li',
    requestKey: 'bulk',
    requestSha256: '',
    requestId: 'r-bulk',
    asked: { action: 'complete', form: { decision: 'approve', reason: 'figures checked' } },
    taskIds,
  });
  await somebodyWaits();
  await kill(first);
  const states = async () => {
    const { rows } = await stage.pool.query<{ state: string }>(
      'select state from task_bulk_rows where bulk_id = $1 order by place',
      [bulkId],
    );
    return rows.map(({ state }) => state);
  };
  expect(await states()).toEqual(['done', 'done', 'waiting', 'waiting', 'waiting']);
  await letGo();

  await startWorkerProcess();
  await untilTrue(async () => (await states()).every((state) => state !== 'waiting'));
  expect(await states()).toEqual(keys.map(() => 'done'));
  const { rows } = await stage.pool.query(
    `select count(*)::int as events, count(distinct task_id)::int as tasks from task_events where kind = 'completed' and task_id = any ($1)`,
    [taskIds],
  );
  expect(rows).toEqual([{ events: 5, tasks: 5 }]);
  for (const key of keys)
    expect(await stage.client.workflow.getHandle(`approved:${key}`).result()).toMatchObject({ decision: 'approved' });
});
