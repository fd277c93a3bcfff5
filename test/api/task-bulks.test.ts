/** Many tasks at once and who stands in for whom, over HTTP with real processes: frozen, counted, a result for each, retried, and workers and an API that die. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@temporalio/client';
import { Client as Pg } from 'pg';
import { workBulks } from '../../activities/intake/work-bulks';
import { startWorker } from '../../worker/run';
import { engineThatRefuses } from '../support/engine-that-refuses';
import { openedTask } from '../support/tasks';
import { typedTextsInHistories } from '../support/typed-texts';
import { caller, openApiStage, type ApiStage } from './stage';
import { eventually } from '../support/eventually';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('task bulks', { env: { API_BULK_ROWS_AT_MOST: '20' } });
});
afterAll(() => api.close());

const ask = (as: string, body: Record<string, unknown>, key: string = randomUUID()) =>
  api.call('POST', '/v1/task-bulks', { as, body, key });
const ended = (bulkId: string, as: string) =>
  eventually(async () => {
    const { body } = await api.call('GET', `/v1/task-bulks/${bulkId}`, { as });
    return body.waiting === 0 ? (body as Record<string, number>) : undefined;
  });
const rowsOf = async (bulkId: string, as: string) => {
  const { body } = await api.call('GET', `/v1/task-bulks/${bulkId}/rows`, { as });
  return (body.items as { state: string; code: string | null; taskId: string }[]).map(
    ({ state, code }) => `${state} ${code}`,
  );
};
const several = async (count: number, more: Parameters<typeof openedTask>[1] = {}) => {
  const ids: string[] = [];
  for (let place = 0; place < count; place += 1) ids.push(await openedTask(api.pool, more));
  return ids;
};

test('a list is refused when it is not what was seen, is too long, or holds what must be looked at alone', async () => {
  const ids = await several(3);
  const alone = await openedTask(api.pool, { bulk: false });
  const otherForm = await openedTask(api.pool, { form: { type: 'object', required: ['x'] }, formVersion: 2 });
  const many = await several(21);
  const complete = { action: 'complete', form: {} };
  const table: [string, number, string, Record<string, unknown>][] = [
    // why, status, code, request
    ['fewer were seen', 409, 'BULK_COUNT_DIFFERS', { asked: { action: 'claim' }, taskIds: ids, count: 2 }],
    [
      'the same one twice',
      409,
      'BULK_COUNT_DIFFERS',
      { asked: { action: 'claim' }, taskIds: [...ids, ids[0]], count: 4 },
    ],
    [
      'a filter finds more',
      409,
      'BULK_COUNT_DIFFERS',
      { asked: { action: 'claim' }, filter: { kind: 'ask-bank', text: 'test:1 ' }, count: 1 },
    ],
    ['more than may be', 422, 'BULK_TOO_LARGE', { asked: { action: 'claim' }, taskIds: many, count: 21 }],
    ['one that is not there', 404, 'NOT_FOUND', { asked: { action: 'claim' }, taskIds: ['999999'], count: 1 }],
    ['one to be looked at alone', 422, 'BULK_NOT_ALLOWED', { asked: complete, taskIds: [...ids, alone], count: 4 }],
    ['another form', 422, 'BULK_FORMS_DIFFER', { asked: complete, taskIds: [...ids, otherForm], count: 4 }],
    ['neither list nor filter', 400, 'INPUT_INVALID', { asked: { action: 'claim' }, count: 1 }],
  ];
  for (const [why, status, code, body] of table) {
    const answer = await ask('ops-client-1', body);
    expect([why, answer.status, answer.body.code]).toEqual([why, status, code]);
  }
  expect((await api.pool.query('select from task_bulks')).rowCount).toBe(0);
});

test('each row has its own judgement; what was refused alone is tried again, and the same request is the same bulk', async () => {
  const ids = [
    await openedTask(api.pool),
    await openedTask(api.pool, { madeBy: 'ops-client-1', approval: {} }),
    await openedTask(api.pool),
  ];
  await api.call('POST', `/v1/tasks/${ids[2]}/claim`, { as: 'ops-client-2', body: {} });
  const key = randomUUID();
  const request = { asked: { action: 'claim' }, taskIds: ids, count: 3 };
  const first = await ask('ops-client-1', request, key);
  expect([first.status, first.headers.get('location')]).toEqual([202, `/v1/task-bulks/${first.body.bulkId}`]);
  expect((await ask('ops-client-1', request, key)).body.bulkId).toBe(first.body.bulkId);
  const { bulkId } = first.body as { bulkId: string };
  expect(await ended(bulkId, 'ops-client-1')).toMatchObject({ count: 3, done: 1, refused: 2, failed: 0 });
  expect(await rowsOf(bulkId, 'ops-client-1')).toEqual([
    'done null',
    'refused SAME_PERSON',
    'refused TASK_CLAIMED_BY_ANOTHER',
  ]);

  await api.call('POST', `/v1/tasks/${ids[2]}/release`, { as: 'ops-client-2', body: {} });
  expect((await api.call('POST', `/v1/task-bulks/${bulkId}/retry`, { as: 'ops-client-2' })).status).toBe(404);
  const retried = await api.call('POST', `/v1/task-bulks/${bulkId}/retry`, { as: 'ops-client-1' });
  expect(retried.status).toBe(202);
  expect(await ended(bulkId, 'ops-client-1')).toMatchObject({ done: 2, refused: 1 });
  // Each refused row is in the audit, at its process, by the request that asked for it.
  const requestOf = ({ headers }: typeof first) => headers.get('x-request-id');
  const { rows: refused } = await api.pool.query(
    `select request_id, object_id, actor, reason, workflow_id from audit where outcome = 'refused' and object_id = any($1)
        and action = 'claimTask' order by seq`,
    [ids],
  );
  const at = { actor: 'ops-client-1', workflow_id: 'settlement-day:SH:2025-06-23' };
  expect(refused).toEqual([
    { ...at, request_id: requestOf(first), object_id: ids[1], reason: 'SAME_PERSON' },
    { ...at, request_id: requestOf(first), object_id: ids[2], reason: 'TASK_CLAIMED_BY_ANOTHER' },
    { ...at, request_id: requestOf(retried), object_id: ids[1], reason: 'SAME_PERSON' },
  ]);
  const { rows } = await api.pool.query(`select attempt from task_bulk_rows where bulk_id = $1 order by place`, [
    bulkId,
  ]);
  expect(rows).toEqual([{ attempt: 1 }, { attempt: 2 }, { attempt: 2 }]);
});

test('the same key finds the bulk again, whatever its own work has made of the filter; something else with it is refused', async () => {
  await several(2, { kind: 'asked-again' });
  const body = { asked: { action: 'claim' }, filter: { kind: 'asked-again', holder: 'nobody' }, count: 2 };
  const { body: made } = await ask('ops-client-1', body, 'asked-again');
  await ended(made.bulkId, 'ops-client-1');
  // The answer was lost with the API that kept it.
  const forget = () => api.pool.query(`delete from idempotency where key = 'asked-again'`);
  await forget();
  expect((await ask('ops-client-1', body, 'asked-again')).body).toMatchObject({ bulkId: made.bulkId, done: 2 });
  await forget();
  const other = await ask('ops-client-1', { ...body, asked: { action: 'release' } }, 'asked-again');
  expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  await forget();
});

/** Completions of a process that fails at the first task that it is given. */
const mendableBulk = async (workflowId: string, count: number) => {
  await api.stage.start('mendable', workflowId);
  const taskIds = await several(count, { workflowId, kind: workflowId });
  const { body } = await ask('ops-client-1', { asked: { action: 'complete', form: {} }, taskIds, count });
  return { taskIds, bulkId: body.bulkId as string };
};

test('of a process that fails: the row has failed after some calls, and is tried again by itself', async () => {
  const { bulkId, taskIds } = await mendableBulk('mendable:1', 3);
  expect(await ended(bulkId, 'ops-client-1')).toMatchObject({ done: 2, failed: 1 });
  expect(await rowsOf(bulkId, 'ops-client-1')).toEqual(['failed TEMPORAL_UNAVAILABLE', 'done null', 'done null']);
  const handle = api.stage.client.workflow.getHandle('mendable:1');
  await handle.signal('mend');
  await api.call('POST', `/v1/task-bulks/${bulkId}/retry`, { as: 'ops-client-1' });
  expect(await ended(bulkId, 'ops-client-1')).toMatchObject({ done: 3, failed: 0 });
  await handle.signal('end');
  // Of those that were done none was asked for again.
  expect(await handle.result()).toEqual(taskIds);
});

const withWorker = async (work: () => Promise<void>) => {
  const worker = await startWorker(api.stage.config, api.stage.bundle);
  try {
    await work();
  } finally {
    await worker.stop();
  }
};

test('completions in bulk reach the processes, once each, also when the worker dies in between', async () => {
  const days = ['2025-06-23', '2025-06-20', '2025-06-19'];
  for (const day of days) await api.call('PUT', `/v1/settlement-days/SH/${day}`, { as: 'ops-client-1' });
  const filter = { kind: 'make-funding-order', holder: 'nobody' };
  await eventually(async () => {
    const { body } = await api.call('GET', '/v1/task-counts?kind=make-funding-order', { as: 'ops-client-1' });
    return body.count === days.length ? true : undefined;
  });
  await api.stage.stopWorker();
  const form = { amount: '1.00', account: 'HKB0000001' };
  const made = await ask('ops-client-1', { asked: { action: 'complete', form }, filter, count: days.length });
  const { bulkId } = made.body as { bulkId: string };
  expect((await api.call('GET', `/v1/task-bulks/${bulkId}`, { as: 'audit-1' })).body).toMatchObject({ waiting: 3 });
  await withWorker(async () => {
    expect(await ended(bulkId, 'ops-client-1')).toMatchObject({ done: 3, refused: 0, failed: 0 });
  });
  const { rows } = await api.pool.query(
    `select count(*)::int as completions, count(distinct task_id)::int as tasks from task_events where kind = 'completed'`,
  );
  expect(rows).toEqual([{ completions: 3, tasks: 3 }]);
});

test('with no server to ask: it waits, however often that was tried, and goes on', async () => {
  await api.stage.stopWorker();
  const { bulkId } = await mendableBulk('mendable:2', 1);
  await api.pool.query('update task_bulk_rows set tries = 40 where bulk_id = $1', [bulkId]);
  // No server, and no answer in time.
  for (const status of [14, 4]) {
    const connection = engineThatRefuses(status);
    const nobody = new Client({ connection, namespace: api.stage.book.namespace });
    expect(await workBulks({ pool: api.pool, temporal: nobody })).toBe(0);
    await connection.close();
  }
  const { rows } = await api.pool.query('select state, tries, failures from task_bulk_rows where bulk_id = $1', [
    bulkId,
  ]);
  expect(rows).toEqual([{ state: 'waiting', tries: 42, failures: 0 }]);
  await withWorker(async () => {
    await api.stage.client.workflow.getHandle('mendable:2').signal('mend');
    expect(await ended(bulkId, 'ops-client-1')).toMatchObject({ done: 1, failed: 0 });
  });
});

describe('substitutions', () => {
  const body = { absent: 'ops-client-2', substitute: 'ops-client-1', firstDay: '2025-06-23', lastDay: '2025-06-24' };
  const make = (as: string, more: Record<string, unknown> = {}) =>
    api.call('POST', '/v1/substitutions', { as, body: { ...body, ...more } });

  test.each([
    { as: 'ops-client-1', more: {}, code: 'ROLE_MISSING', why: 'a colleague' },
    { as: 'fin-prop-head', more: {}, code: 'ROLE_MISSING', why: 'the head of another department' },
    { as: 'ops-client-head', more: { substitute: 'nobody' }, code: 'NOT_FOUND', why: 'nobody knows the substitute' },
    { as: 'ops-client-head', more: { substitute: 'ops-client-2' }, code: 'INPUT_INVALID', why: 'the same human' },
    { as: 'ops-client-head', more: { lastDay: '2025-06-22' }, code: 'INPUT_INVALID', why: 'it ends before it begins' },
  ])('by $as: $code ($why)', async ({ as, more, code }) => {
    expect((await make(as, more)).body.code).toBe(code);
  });

  test('made by the head, seen by both, one at a time, ended early', async () => {
    const { status, body: made } = await make('ops-client-head');
    expect([status, made]).toEqual([
      201,
      expect.objectContaining({ ...body, madeBy: 'ops-client-head', endedAt: null }),
    ]);
    expect((await make('ops-client-2', { substitute: 'ops-client-deputy' })).body.code).toBe('SUBSTITUTION_OVERLAPS');
    expect((await make('ops-client-head', { absent: 'ops-client-deputy', substitute: 'ops-client-2' })).body.code).toBe(
      'SUBSTITUTE_IS_AWAY',
    );
    const held = await openedTask(api.pool);
    await api.call('POST', `/v1/tasks/${held}/claim`, { as: 'ops-client-2', body: {} });
    const mine = async () =>
      (
        (await api.call('GET', '/v1/tasks?holder=me&limit=200', { as: 'ops-client-1' })).body.items as {
          taskId: string;
        }[]
      ).some(({ taskId }) => taskId === held);
    expect(await mine()).toBe(true);
    const end = (as: string) => api.call('POST', `/v1/substitutions/${made.substitutionId}/end`, { as });
    expect((await end('ops-client-2')).status).toBe(200);
    // Whoever ended it and heard no answer is told the same again.
    expect((await end('ops-client-2')).status).toBe(200);
    expect((await end('ops-client-head')).body.code).toBe('SUBSTITUTION_OVER');
    expect(await mine()).toBe(false);
  });
});

test('nothing that a person typed can be read in a history', async () => {
  const { texts, histories, found } = await typedTextsInHistories(api.stage);
  expect(found).toEqual([]);
  expect([texts > 0, histories > 0]).toEqual([true, true]);
});

describe('an API that is killed while it makes a bulk', () => {
  const children: ChildProcess[] = [];
  const kill = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  afterAll(() => Promise.all(children.map(kill)));

  /** A second API of the book, in a process of its own. */
  async function otherApi(): Promise<{ readonly child: ChildProcess; readonly call: ApiStage['call'] }> {
    const tsx = pathToFileURL(require.resolve('tsx')).href;
    const child = spawn(process.execPath, ['--import', tsx, path.join(__dirname, '../../api/main.ts')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        BOOK_DATABASE_URL: api.stage.book.appUrl,
        BOOK_NAME: api.stage.book.namespace,
        TEMPORAL_ADDRESS: api.stage.book.address,
        API_PORT: '0',
        REHEARSAL_ISSUER: '1',
        MOVER_TICKS: '',
        DOCUMENTS_DIR: api.stage.config.documents,
        LOG_LEVEL: 'error',
      },
    });
    children.push(child);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return { child, call: caller(url) };
  }
  /** As owner of the tables: holds what the API needs next until it is let go. */
  async function held(sql: string, values: readonly string[] = []): Promise<() => Promise<void>> {
    const owner = new Pg({ connectionString: api.stage.book.ownerUrl });
    await owner.connect();
    await owner.query('begin');
    await owner.query(sql, [...values]);
    return async () => {
      await owner.query('rollback');
      await owner.end();
    };
  }
  const waitsFor = (statement: string) =>
    eventually(async () => {
      const { rowCount } = await api.pool.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like $1`,
        [`%${statement}%`],
      );
      return rowCount === 0 ? undefined : true;
    });
  const bulks = async (key: string) => {
    const { rows } = await api.pool.query<{ bulk_id: string; rows: number; audited: number }>(
      `select bulk_id::text, (select count(*)::int from task_bulk_rows r where r.bulk_id = b.bulk_id) as rows,
              (select count(*)::int from audit where object_type = 'bulk' and object_id = b.bulk_id::text) as audited
         from task_bulks b where request_key = $1`,
      [key],
    );
    return rows;
  };

  test('half made it is not there, made it goes on, and whoever asks again is given it: nothing is done twice', async () => {
    const [first, second] = await Promise.all([otherApi(), otherApi()]);
    const ids = { half: await several(3), made: await several(3) };
    const send = (call: ApiStage['call'], key: 'half' | 'made') =>
      call('POST', '/v1/task-bulks', {
        as: 'ops-client-1',
        key,
        body: { asked: { action: 'claim' }, taskIds: ids[key], count: 3 },
      });
    // The rows of the bulk cannot be written: it dies in the middle of making it.
    const rowsHeld = await held('lock table task_bulk_rows in share mode');
    const lost = [send(first.call, 'half').catch(() => 'lost')];
    await waitsFor('insert into task_bulk_rows');
    await kill(first.child);
    await rowsHeld();
    expect(await bulks('half')).toEqual([]);

    // It is made, and the answer cannot be kept: it dies before it has answered.
    const rowsHeldAgain = await held('lock table task_bulk_rows in share mode');
    lost.push(send(second.call, 'made').catch(() => 'lost'));
    await waitsFor('insert into task_bulk_rows');
    const answerHeld = await held(`select from idempotency where key = $1 for update`, ['made']);
    await rowsHeldAgain();
    await waitsFor('update idempotency');
    await kill(second.child);
    await answerHeld();
    expect(await Promise.all(lost)).toEqual(['lost', 'lost']);
    expect(await bulks('made')).toMatchObject([{ rows: 3, audited: 1 }]);

    // Another API is asked again, once who died can be known to have died.
    await api.pool.query(
      `update idempotency set created_at = '-infinity' where key in ('half', 'made') and status is null`,
    );
    for (const key of ['half', 'made'] as const) {
      const again = await send(api.call, key);
      const [made, ...others] = await bulks(key);
      expect([again.status, again.body.bulkId, others]).toEqual([202, made?.bulk_id, []]);
      // By whichever worker, or this one.
      await workBulks({ pool: api.pool, temporal: api.stage.client }, () => false);
      expect(await ended(again.body.bulkId as string, 'ops-client-1')).toMatchObject({ count: 3, done: 3 });
    }
    const { rows } = await api.pool.query(
      `select count(*)::int as claims, count(distinct task_id)::int as tasks from task_events where kind = 'claimed' and task_id = any($1)`,
      [[...ids.half, ...ids.made]],
    );
    expect(rows).toEqual([{ claims: 6, tasks: 6 }]);
  });
});
