/** One number from the caller's header to the history, the verbs, the log and the audit, on the real server. */
import { Writable } from 'node:stream';
import { defaultPayloadConverter } from '@temporalio/common';
import { pino } from 'pino';
import { REQUEST_ID_HEADER } from '../../domain/request-id';
import { startWorker, type RunningWorker } from '../../worker/run';
import { openApiStage, type ApiStage } from './stage';
import { eventually } from '../support/eventually';

const lines: Record<string, unknown>[] = [];
const log = pino(
  { level: 'info' },
  new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  }),
);

let api: ApiStage;
let worker: RunningWorker;
beforeAll(async () => {
  api = await openApiStage('request ids', { worker: false });
  worker = await startWorker(api.stage.config, api.stage.bundle, log);
});
afterAll(async () => {
  await worker.stop();
  await api.close();
});

const DAY = 'settlement-day:SH:2025-06-23';
const STARTED = 'start-of-the-day.1';
const COMPLETED = 'completion-of-a-task.2';

const verbsOf = (requestId: string) => lines.filter((line) => line['requestId'] === requestId).map(({ verb }) => verb);
const auditOf = async (requestId: string) =>
  (
    await api.pool.query<{ action: string }>('select action from audit where request_id = $1 order by seq', [requestId])
  ).rows.map(({ action }) => action);

it('carries the number of a start to every verb that the process calls by itself', async () => {
  const answer = await api.call('PUT', '/v1/settlement-days/SH/2025-06-23', {
    as: 'ops-client-1',
    headers: { 'x-request-id': STARTED },
  });
  expect([answer.status, answer.headers.get('x-request-id')]).toEqual([202, STARTED]);
  await eventually(async () => {
    const { body } = await api.call('GET', '/v1/tasks', { as: 'ops-client-1' });
    return (body.items as unknown[]).length > 0 || undefined;
  });
  expect(await auditOf(STARTED)).toContain('start settlement day');
  // A verb says so once it is done, when its row is there to be seen already.
  await eventually(() => Promise.resolve(verbsOf(STARTED).includes('openTask') || undefined));
  expect(verbsOf(STARTED)).toContain('openProcess');
  const line = lines.find(({ verb }) => verb === 'openTask');
  expect(line).toMatchObject({ requestId: STARTED, workflowId: DAY, outcome: 'done', attempt: 1 });
});

it('carries the number of an update to its own verbs, and the one of the start to the rest', async () => {
  const { body } = await api.call('GET', '/v1/tasks', { as: 'ops-client-1' });
  const { taskId } = body.items[0];
  const form = { amount: '3028765.43', account: 'reserve' };
  const done = await api.call('POST', `/v1/tasks/${taskId}/completion`, {
    as: 'ops-client-1',
    body: { revision: 1, form },
    headers: { 'x-request-id': COMPLETED },
  });
  expect(done.status).toBe(200);
  expect(await auditOf(COMPLETED)).toEqual(['complete task make-funding-order']);
  expect(verbsOf(COMPLETED)).toEqual(['completeTask']);
  // What the story goes on with is the story's, which the start asked for.
  await eventually(() =>
    Promise.resolve(verbsOf(STARTED).filter((verb) => verb === 'openTask').length === 3 || undefined),
  );
});

it('stands in the history beside what it asked for', async () => {
  const { events } = await api.stage.client.workflow.getHandle(DAY).fetchHistory();
  const numbers = (events ?? []).map((event) => {
    const attributes = event.workflowExecutionStartedEventAttributes ?? event.activityTaskScheduledEventAttributes;
    const payload = attributes?.header?.fields?.[REQUEST_ID_HEADER];
    return payload === undefined || payload === null ? undefined : defaultPayloadConverter.fromPayload<string>(payload);
  });
  expect(numbers[0]).toBe(STARTED);
  expect(numbers.filter((number) => number === COMPLETED)).toHaveLength(1);
});

it('leaves no person and no amount in the log of the worker', () => {
  expect(lines.length).toBeGreaterThan(5);
  expect(JSON.stringify(lines)).not.toMatch(/3028765|ops-client/);
});
