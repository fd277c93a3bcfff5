/**
 * The Temporal server is away while people work: what intake takes then runs when it is back, once; what needs a process is
 * refused with the time to come back, and nothing of it is half done. On a server of its own, since it takes it away.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { readApiConfig } from '../../api/config';
import { startApi, type RunningApi } from '../../api/run';
import { openPool } from '../../prisma/pool';
import { dropBookDatabase } from '../../prisma/migrate';
import { makeBook } from '../../worker/book';
import { startWorker, type RunningWorker } from '../../worker/run';
import { startTemporal, type TemporalServer } from '../../worker/temporal-server';
import { workflowBundle } from '../../worker/workflow-bundle';
import { caller } from './stage';
import { ownPort } from '../support/own-port';
import { testServers } from '../support/servers';
import { openedTask } from '../support/tasks';
import { NOBODY } from '../support/story-stage';
import { eventually } from '../support/eventually';

const BOOK = `outage_${process.pid}`;
const dir = mkdtempSync(path.join(tmpdir(), 'southbound-outage-'));
const { adminUrl } = testServers();

let temporal: TemporalServer;
let api: RunningApi;
let worker: RunningWorker;
let pool: ReturnType<typeof openPool>;
let call: ReturnType<typeof caller>;

beforeAll(async () => {
  temporal = await startTemporal({ dir, headless: true, port: ownPort() });
  const { appUrl } = await makeBook({
    adminUrl,
    temporalAddress: temporal.address,
    name: BOOK,
    kind: 'test',
    clockMode: 'real',
    people: true,
  });
  pool = openPool(appUrl, 2);
  const bundle = await workflowBundle(path.join(__dirname, './stories.ts'));
  const outside = {
    clearingHouseUrl: NOBODY,
    bankUrl: NOBODY,
    counterUrl: NOBODY,
    crmUrl: NOBODY,
    messagesUrl: NOBODY,
  };
  worker = await startWorker(
    {
      databaseUrl: appUrl,
      book: BOOK,
      temporalAddress: temporal.address,
      inbox: dir,
      anchors: path.join(dir, 'anchors'),
      documents: path.join(dir, 'documents'),
      ...outside,
      queues: ['stories', 'database', 'outside'],
      databaseConnections: 12,
      metricsAddress: undefined,
      logLevel: 'silent',
    },
    bundle,
  );
  api = await startApi(
    readApiConfig({
      BOOK_DATABASE_URL: appUrl,
      BOOK_NAME: BOOK,
      TEMPORAL_ADDRESS: temporal.address,
      API_PORT: '0',
      REHEARSAL_ISSUER: '1',
      LOG_LEVEL: 'silent',
    }),
  );
  call = caller(api.url);
});

afterAll(async () => {
  await Promise.allSettled([api?.stop(), worker?.stop()]);
  await pool?.end();
  await temporal?.stop();
  await dropBookDatabase(adminUrl, BOOK);
  rmSync(dir, { recursive: true, force: true });
});

const as = 'ops-client-1';
const RUNS = '/v1/settlement-days/SH/2025-06-23';
const ASKED = '/v1/settlement-days/SH/2025-06-24';

test('Temporal away and back: starts are taken and run once, completions are refused and can be repeated', async () => {
  await call('PUT', RUNS, { as });
  const task = await eventually(async () => {
    const { body } = await call('GET', '/v1/tasks', { as });
    return body.items.find(({ kind }: { kind: string }) => kind === 'make-funding-order') as
      { taskId: string } | undefined;
  });
  const completion = () =>
    call('POST', `/v1/tasks/${task.taskId}/completion`, {
      as,
      key: 'completion-in-the-outage',
      body: { revision: 1, form: { amount: '3028765.43', account: 'reserve' } },
    });

  await temporal.stop();

  const ready = await call('GET', '/health/ready');
  expect([ready.status, ready.body]).toMatchObject([503, { database: 'up', temporal: 'down' }]);
  const started = await call('PUT', ASKED, { as, key: 'start-in-the-outage' });
  expect([started.status, started.headers.get('location')]).toEqual([202, ASKED]);
  expect((await call('GET', ASKED, { as })).body).toMatchObject({ stage: 'starting' });
  const again = await call('PUT', ASKED, { as, key: 'start-in-the-outage' });
  expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([202, started.body, 'true']);
  expect((await call('PUT', ASKED, { as })).status).toBe(200);

  const refused = await completion();
  expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
    503,
    'TEMPORAL_UNAVAILABLE',
    '5',
  ]);
  expect((await call('GET', `/v1/tasks/${task.taskId}`, { as })).body).toMatchObject({ state: 'open', outcome: null });
  // What the book alone can tell is told at once: of two who come to one task the second.
  const other = await openedTask(pool);
  await pool.query(
    `update tasks set state = 'done', done_at = business_now(), outcome = '{"result":"completed","form":{},"by":{"person":"ops-client-2","role":"operations"},"at":"2025-06-23T00:00:00.000Z"}' where task_id = $1`,
    [other],
  );
  const late = await call('POST', `/v1/tasks/${other}/completion`, { as, body: { revision: 1, form: {} } });
  expect([late.status, late.body.code]).toEqual([409, 'TASK_NOT_OPEN']);

  temporal = await startTemporal({ dir, headless: true, port: ownPort() });

  const done = await eventually(async () => {
    const answer = await completion();
    return answer.status === 200 ? answer : undefined;
  }, 150);
  expect(done.body).toMatchObject({ state: 'done', outcome: { result: 'completed', by: { person: as } } });
  await eventually(async () => {
    const { body } = await call('GET', '/v1/tasks?limit=200', { as });
    return (
      (body.items as { kind: string }[]).filter(({ kind }) => kind === 'make-funding-order').length === 1 || undefined
    );
  }, 150);

  const { rows } = await pool.query(
    `select action, count(*)::int as times from audit
      where outcome = 'done' and (action like 'complete task%' or (action = 'start settlement day' and object_id = 'SH:2025-06-24'))
      group by action order by action`,
  );
  expect(rows).toEqual([
    { action: 'complete task make-funding-order', times: 1 },
    { action: 'start settlement day', times: 1 },
  ]);
  expect(await runsOf('settlement-day:SH:2025-06-24')).toBe(1);
}, 420_000);

/** Runs of a process that the server knows, open and closed. */
async function runsOf(workflowId: string): Promise<number> {
  const connection = await Connection.connect({ address: temporal.address });
  try {
    return await eventually(async () => {
      const client = new Client({ connection, namespace: BOOK });
      const { count } = await client.workflow.count(`WorkflowId="${workflowId}"`);
      return count || undefined;
    });
  } finally {
    await connection.close();
  }
}
