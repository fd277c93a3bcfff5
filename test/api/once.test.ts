/**
 * One effect, one answer and one row of a refusal for one key, however many ask at once; how long an answer is kept; and what is answered where
 * the process engine gives none.
 */
import { forgetAnswers } from '../../activities/intake/forget-answers';
import { recordUnlessTold, type RefusedAttempt } from '../../activities/intake/record-refusal';
import { temporalGateway } from '../../api/temporal-gateway';
import { engineThatRefuses } from '../support/engine-that-refuses';
import { openApiStage, type ApiStage, type Call, type Called } from './stage';

let api: ApiStage;
beforeAll(async () => {
  // However long twenty take on a busy machine, nobody is told to come back.
  api = await openApiStage('once', { worker: false, env: { API_ANSWER_WITHIN_MS: '30000' } });
});
afterAll(() => api.close());

const TWENTY = 20;

interface Case {
  readonly what: string;
  readonly method: 'PUT' | 'POST';
  readonly path: () => Promise<string>;
  readonly body?: unknown;
  readonly status: number;
  /** Counts what was done; one after all have asked. */
  readonly effects: string;
}

const cases: readonly Case[] = [
  // First: a clock with a process that waits would wait for its worker.
  {
    what: 'moving the clock',
    method: 'POST',
    path: () => Promise.resolve('/v1/clock/moves'),
    body: { to: '2025-06-23T08:20:00+08:00' },
    status: 200,
    effects: `select from audit where action = 'move business clock' and outcome = 'done'`,
  },
  {
    what: 'starting a day',
    method: 'PUT',
    path: () => Promise.resolve('/v1/settlement-days/SH/2025-06-23'),
    status: 202,
    effects: `select from outbox where workflow_id = 'settlement-day:SH:2025-06-23' and kind = 'start'`,
  },
  {
    what: 'claiming a task',
    method: 'POST',
    path: async () => `/v1/tasks/${await openTask()}/claim`,
    status: 200,
    effects: `select from audit where action = 'claim task k' and outcome = 'done'`,
  },
  {
    what: 'a refusal',
    method: 'POST',
    path: () => Promise.resolve('/v1/tasks/999999/claim'),
    status: 404,
    effects: `select from audit where action = 'claimTask' and outcome = 'refused' and object_id = '999999'`,
  },
];

async function openTask(): Promise<string> {
  const { rows } = await api.pool.query<{ task_id: string }>(
    `insert into tasks (other_key, workflow_id, kind, title_id, role, side, form_id, form_version, facts_told, revision, state)
     values ('once', 'w', 'k', task_title('x', 'x'), 'operations', 'client', task_form('{}'), 1, '{}', 1, 'open') returning task_id::text`,
  );
  return rows[0]?.task_id ?? '';
}

it.each(cases)('$what: twenty equal requests at once, one effect, twenty equal answers', async (of) => {
  const call: Call = {
    as: 'ops-client-1',
    key: `twenty ${of.what}`.replaceAll(' ', '-'),
    ...(of.body === undefined ? {} : { body: of.body }),
  };
  const where = await of.path();
  const answers = await Promise.all(Array.from({ length: TWENTY }, () => api.call(of.method, where, call)));
  const said = ({ status, body, headers }: Called) => ({
    status,
    // To the letter, the order of names included.
    text: JSON.stringify(body),
    location: headers.get('location'),
    etag: headers.get('etag'),
    type: headers.get('content-type'),
  });
  const [first, ...others] = answers.map(said);
  expect(first?.status).toBe(of.status);
  for (const other of others) expect(other).toEqual(first);
  expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') !== 'true')).toHaveLength(1);
  expect((await api.pool.query(of.effects)).rowCount).toBe(1);
});

it('gives tag and place again, so that whoever repeats can go on as the first could', async () => {
  const { rows } = await api.pool.query<{ etag: string | null; location: string | null }>(
    `select etag, location from idempotency where key = 'twenty-claiming-a-task'`,
  );
  expect(rows).toEqual([
    {
      etag: expect.stringMatching(/^"task-\d+-1-claimed/) as string,
      location: expect.stringMatching(/^\/v1\/tasks\/\d+$/) as string,
    },
  ]);
});

it.each([
  ['13 days 23 hours', true, 'within the term'],
  ['14 days 1 hour', false, 'past it: the key is a new one'],
])('an answer of %s ago: kept %s (%s)', async (age, kept) => {
  const key = `aged-${age.replaceAll(' ', '-')}`;
  const ask = () => api.call('POST', '/v1/tasks/888888/claim', { as: 'ops-client-1', key });
  await ask();
  await api.pool.query(`update idempotency set created_at = clock_timestamp() - $2::interval where key = $1`, [
    key,
    age,
  ]);
  const { forgotten } = await forgetAnswers(api.pool);
  expect(forgotten > 0).toBe(!kept);
  expect((await ask()).headers.get('idempotent-replayed')).toBe(kept ? 'true' : null);
});

const REFUSED: RefusedAttempt = {
  actor: 'ops-client-1',
  role: 'operations',
  action: 'recallTask',
  objectType: 'tasks',
  objectId: '777',
  codes: ['TASK_NOT_OPEN'],
  requestId: '',
  workflowId: 'parameter-change:777',
};

it.each<[why: string, ...told: [first: Partial<RefusedAttempt>, second: Partial<RefusedAttempt>], rows: number]>([
  ['the process names the task, the API the change', {}, { objectType: 'parameters', objectId: '9' }, 1],
  ['the API is first', { objectType: 'parameters', objectId: '9' }, {}, 1],
  ['the process names itself, the API the task', { objectType: 'days', objectId: 'parameter-change:777' }, {}, 1],
  ['the validator is asked again', {}, {}, 1],
  ['two tasks of one bulk', {}, { objectId: '778' }, 2],
  ['two people', {}, { actor: 'ops-client-2' }, 2],
  ['two processes', {}, { objectType: 'parameters', objectId: '9', workflowId: 'parameter-change:778' }, 2],
])('one attempt that a process refused is one row of the audit: %s', async (requestId, first, second, rows) => {
  for (const told of [first, second]) await recordUnlessTold(api.pool, { ...REFUSED, requestId, ...told });
  const { rowCount } = await api.pool.query('select from audit where request_id = $1', [requestId]);
  expect(rowCount).toBe(rows);
});

describe('what a call of the process engine means that fails with a status of gRPC', () => {
  const sent = {
    taskId: '1',
    revision: 1,
    form: {},
    actor: { person: 'a', role: 'operations' },
    requestId: 'r',
    at: '',
  };

  it.each<[status: number, what: string, act: string, before: string]>([
    [4, 'no answer in time, of a server that is there', 'under way', 'under way'],
    [5, 'no such process, or no such act', 'gone', 'undefined'],
    [9, 'the own task of the process fails', 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
    [14, 'no server', 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
    [3, 'a fault of ours', 'Workflow Update failed', 'Workflow Update Poll failed'],
  ])('%i, %s: %s, asked what became of it %s', async (code, _what, act, before) => {
    const connection = engineThatRefuses(code);
    const gateway = temporalGateway(connection, 'book', 1_000);
    const told = async (asked: Promise<unknown>) =>
      String(await asked.catch((error: Error & { code?: string }) => error.code ?? error.message));
    expect(await told(gateway.completeTask('w', 'a:key', sent))).toBe(act);
    expect(await told(gateway.takenBefore('w', 'a:key'))).toBe(before);
    await connection.close();
  });
});
