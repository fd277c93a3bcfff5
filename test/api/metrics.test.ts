/** Every metric is there, moves with what it measures, and names nobody. */
import { startWorker } from '../../worker/run';
import { openApiStage, type ApiStage } from './stage';
import { eventually } from '../support/eventually';
import { ownPort } from '../support/own-port';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('metrics', { worker: false });
  await api.pool.query(
    `insert into audit (actor, action, outcome, object_type, object_id) values ('system', 'x', 'done', 'x', 'x')`,
  );
});
afterAll(() => api.close());

const scrape = async () => String((await api.call('GET', '/metrics')).body);

/** Value of one line; nothing where it is not there. */
async function valueOf(series: string): Promise<number | undefined> {
  const line = (await scrape()).split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const task = (key: string, age: string) =>
  `insert into tasks (other_key, workflow_id, kind, title_id, role, side, form_id, form_version, facts_told, revision, state, opened_at)
   values ('${key}', 'w', 'k', task_title('x', 'x'), 'finance', 'client', task_form('{}'), 1, '{}', 1, 'open', business_now() - interval '${age}')`;
const message = (key: string, kind: string, age: string) =>
  `insert into outbox (other_key, workflow_id, kind, severity, created_at)
   values ('${key}', 'w', '${kind}', 'info', business_now() - interval '${age}')`;
const keyed = (key: string, age: string) =>
  `insert into idempotency (actor, key, route, request_sha256, created_at)
   values ('p', '${key}', 'r', 'x', clock_timestamp() - interval '${age}')`;

const DAY = `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day,
    next_trading_day, trades_settle, fee_settles, risk_settles, calendar_version, stage)
  values ('SH', '2025-06-23', 'w', 'full', true, '2025-06-20', '2025-06-24', '2025-06-25', '2025-06-23', '2025-06-23', 1, 'x')`;

const OLDEST = 'southbound_dispatcher_lag_seconds';

it.each<[string, string, number | undefined, number, string]>([
  [
    'southbound_tasks_open{role="finance",side="client",age="under 1 h"}',
    task('a', '59 minutes'),
    undefined,
    1,
    'below the first edge',
  ],
  [
    'southbound_tasks_open{role="finance",side="client",age="under 4 h"}',
    task('b', '60 minutes'),
    undefined,
    1,
    'at the edge',
  ],
  [
    'southbound_tasks_open{role="finance",side="client",age="over 3 d"}',
    task('c', '3 days'),
    undefined,
    1,
    'the oldest',
  ],
  [
    'southbound_outbox_unsent{kind="notice",state="queued",age="under 1 h"}',
    message('d', 'notice', '1 minute'),
    undefined,
    1,
    'a notice',
  ],
  [OLDEST, message('e', 'start', '75 seconds'), 0, 75, 'a start that Temporal was not told of'],
  [OLDEST, message('f', 'signal', '20 seconds'), 75, 75, 'a younger one changes nothing'],
  [OLDEST, `update outbox set sent_at = business_now() where message_key = 'e'`, 75, 20, 'the oldest is sent'],
  ['southbound_idempotency_under_way{state="fresh"}', keyed('g', '1 minute'), undefined, 1, 'being worked on'],
  ['southbound_idempotency_under_way{state="stale"}', keyed('h', '3 minutes'), undefined, 1, 'its process is gone'],
  ['southbound_settlement_days_open{stage="x"}', DAY, undefined, 1, 'a day'],
])('%s: %s', async (series, sql, before, after) => {
  expect(await valueOf(series)).toBe(before);
  await api.pool.query(sql);
  expect(await valueOf(series)).toBe(after);
});

it('tells how far the sealer is behind, that it has caught up, and what the worker says of itself', async () => {
  const series = 'southbound_audit_unsealed_seconds';
  expect(await valueOf(series)).toBeGreaterThan(0);
  const metricsAddress = `127.0.0.1:${ownPort() + 15}`;
  const worker = await startWorker({ ...api.stage.config, metricsAddress }, api.stage.bundle);
  try {
    await eventually(async () => (await valueOf(series)) === 0 || undefined);
    // Once it has asked for work.
    const ofTheWorker = [
      /^temporal_worker_task_slots_available\{.*task_queue=".*-stories".*\} \d+$/m,
      /^temporal_long_request\w*\{/m,
    ];
    await eventually(async () => {
      const told = await (await fetch(`http://${metricsAddress}/metrics`)).text();
      return ofTheWorker.every((series) => series.test(told)) || undefined;
    });
  } finally {
    await worker.stop();
  }
});

it('tells of connections, of keys by age and of requests by route, status and time', async () => {
  expect(await valueOf('southbound_database_up')).toBe(1);
  expect(await valueOf('southbound_database_connections{state="waiting"}')).toBe(0);
  expect(await valueOf('southbound_idempotency_oldest_seconds')).toBeGreaterThanOrEqual(180);
  const series = 'southbound_http_request_seconds_bucket{le="10",route="readWhoIAm",status="200",code=""}';
  const before = (await valueOf(series)) ?? 0;
  await api.call('GET', '/v1/me', { as: 'ops-client-1' });
  expect(await valueOf(series)).toBe(before + 1);
});

it('has few series, whatever is asked, and none that names a person', async () => {
  for (let n = 0; n < 50; n += 1) await api.call('GET', `/v1/tasks/${n + 1}`, { as: 'ops-client-1' });
  for (let n = 0; n < 50; n += 1) await api.call('GET', `/nothing/${n}`);
  const text = await scrape();
  expect(text.split('\n').filter((line) => line.startsWith('southbound_')).length).toBeLessThan(200);
  expect(text).not.toMatch(/ops-client|nothing\/|tasks\/\d/);
});
