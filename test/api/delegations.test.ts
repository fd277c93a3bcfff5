/** Delegations: given by the principal or for one who is absent, acted by, ended by the day or at once. */
import path from 'node:path';
import { isRecording, keepHistory } from '../support/kept-history';
import { typedTextsInHistories } from '../support/typed-texts';
import { loseAnswer, openApiStage, type ApiStage } from './stage';
import { eventually } from '../support/eventually';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('delegations', { workflows: path.join(__dirname, '../../workflows/index.ts') });
});
afterAll(() => api.close());

const GOOD = {
  delegate: 'ops-client-2',
  role: 'operations',
  firstDay: '2025-06-23',
  lastDay: '2025-06-24',
  reason: '休假 on leave',
};
const give = (as: string, body: object, key?: string) =>
  api.call('POST', '/v1/delegations', { as, body: { ...GOOD, ...body }, ...(key === undefined ? {} : { key }) });
const actFor = async (as: string, principal: string) =>
  (await api.call('GET', `/v1/tasks?onBehalfOf=${principal}`, { as })).body.code ?? 'allowed';

/** How what was promised to whoever asked has ended, once it is no longer as told. */
const promiseOf = ({ delegationId }: { delegationId: string }, until: string) =>
  eventually(async () => {
    const { rows } = await api.pool.query<{ state: string; told: string }>(
      `select state, state || ', due ' || to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as told
         from deadlines where workflow_id = $1`,
      [`delegation:${delegationId}`],
    );
    return rows[0] === undefined || rows[0].state === until ? undefined : rows[0].told;
  }, 150);

/** Keeps the whole run of a delegation to be replayed by `histories.test.ts`. */
async function record({ delegationId }: { delegationId: string }, file: string): Promise<void> {
  const workflowId = `delegation:${delegationId}`;
  await api.stage.client.workflow.getHandle(workflowId).result();
  await keepHistory(api.stage.client, workflowId, `product/${file}.json`);
}

test('given by the principal it holds at once, from the first to the last day, and is revoked at once', async () => {
  const { status, body } = await give('ops-client-1', {}, 'given-once');
  expect([status, body.state, body.inForce, body.approvedBy]).toEqual([201, 'given', true, null]);
  expect(await actFor('ops-client-2', 'ops-client-1')).toBe('allowed');
  expect(await actFor('ops-client-deputy', 'ops-client-1')).toBe('DELEGATION_NOT_IN_FORCE');
  const { delegationId } = body;
  const given = { delegationId, role: 'operations', side: null, branch: null, lastDay: '2025-06-24' };
  const mine = async (as: string) => (await api.call('GET', '/v1/me', { as })).body;
  expect(await mine('ops-client-2')).toMatchObject({ actsFor: [{ ...given, person: 'ops-client-1' }], actedForBy: [] });
  expect(await mine('ops-client-1')).toMatchObject({ actsFor: [], actedForBy: [{ ...given, person: 'ops-client-2' }] });
  expect((await give('ops-client-1', { firstDay: '2025-06-24' })).body.code).toBe('DELEGATION_OVERLAPS');
  // Whoever asks again because the answer was lost with its process is given the same one.
  await loseAnswer(api.pool, 'given-once');
  const again = await give('ops-client-1', {}, 'given-once');
  expect([again.status, again.body]).toEqual([201, body]);
  await loseAnswer(api.pool, 'given-once', 'and its request');
  expect((await give('ops-client-1', { lastDay: '2025-06-25' }, 'given-once')).body.code).toBe('IDEMPOTENCY_MISMATCH');
  const revoke = (as: string, key?: string, reason = '提前返岗 back early') =>
    api.call('POST', `/v1/delegations/${body.delegationId}/revocation`, {
      as,
      ...(key === undefined ? {} : { key }),
      body: { reason },
    });
  expect((await revoke('ops-client-2')).body.code).toBe('ROLE_MISSING');
  const revoked = await revoke('ops-client-1', 'revoked-once');
  expect(revoked.body).toMatchObject({ state: 'revoked', inForce: false });
  await loseAnswer(api.pool, 'revoked-once');
  const revokedAgain = await revoke('ops-client-1', 'revoked-once');
  expect([revokedAgain.status, revokedAgain.body]).toEqual([200, revoked.body]);
  await loseAnswer(api.pool, 'revoked-once', 'and its request');
  expect((await revoke('ops-client-1', 'revoked-once', 'another')).body.code).toBe('IDEMPOTENCY_MISMATCH');
  expect((await revoke('ops-client-1')).body.code).toBe('DELEGATION_NOT_OPEN');
  expect(await actFor('ops-client-2', 'ops-client-1')).toBe('DELEGATION_NOT_IN_FORCE');
});

test('of an absent head compliance gives it and the head of compliance approves; not before does it hold', async () => {
  const { body } = await give('compliance-1', { principal: 'ops-client-head' });
  expect([body.state, body.inForce]).toEqual(['awaiting approval', false]);
  const taskId = await eventually(async () => {
    const { rows } = await api.pool.query<{ task_id: string }>(
      'select task_id::text from tasks where workflow_id = $1',
      [`delegation:${body.delegationId}`],
    );
    return rows[0]?.task_id;
  });
  expect(await actFor('ops-client-2', 'ops-client-head')).toBe('DELEGATION_NOT_IN_FORCE');
  const decide = (as: string) =>
    api.call('POST', `/v1/tasks/${taskId}/completion`, {
      as,
      body: { revision: 1, form: { decision: 'approve', reason: '情况属实 as reported' } },
    });
  expect((await decide('compliance-1')).status).toBe(403);
  expect((await decide('compliance-2')).status).toBe(200);
  expect(await actFor('ops-client-2', 'ops-client-head')).toBe('allowed');
  expect(await promiseOf(body, 'running')).toBe('met, due 06-24 17:30');
  if (isRecording) await record(body, 'delegation-given');
  await api.stage.advance('2025-06-24T23:00:00.000Z'); // 07:00 in Shanghai on the day after the last
  expect(await actFor('ops-client-2', 'ops-client-head')).toBe('DELEGATION_NOT_IN_FORCE');
});

test('nobody who has left is handed anything by an approval that was under way', async () => {
  const { body } = await give('compliance-1', {
    principal: 'ops-client-deputy',
    firstDay: '2025-06-25',
    lastDay: '2025-07-01',
  });
  const taskId = await eventually(async () => {
    const { rows } = await api.pool.query<{ task_id: string }>(
      'select task_id::text from tasks where workflow_id = $1',
      [`delegation:${body.delegationId}`],
    );
    return rows[0]?.task_id;
  });
  const decide = (decision: string) =>
    api.call('POST', `/v1/tasks/${taskId}/completion`, {
      as: 'compliance-2',
      body: { revision: 1, form: { decision, reason: '情况属实 as reported' } },
    });
  await api.pool.query(`update people set active = false where person = 'ops-client-deputy'`);
  expect((await decide('approve')).body.code).toBe('PERSON_LEFT');
  await api.pool.query(`update people set active = true where person = 'ops-client-deputy'`);
  expect((await decide('refuse')).status).toBe(200);
});

test.each([
  ['to oneself', 'ops-client-1', { delegate: 'ops-client-1' }, 'SAME_PERSON'],
  ['for another, without being compliance', 'ops-client-1', { principal: 'ops-client-head' }, 'ROLE_MISSING'],
  ['a role that one does not hold', 'ops-client-1', { role: 'finance' }, 'ROLE_MISSING'],
  ['to the other side', 'ops-client-1', { delegate: 'fin-prop-1' }, 'WRONG_SIDE'],
  ['to another branch', 'branch-1001', { role: 'branch', delegate: 'branch-1002' }, 'WRONG_BRANCH'],
  ['over before it begins', 'ops-client-1', { firstDay: '2025-07-02', lastDay: '2025-07-01' }, 'INPUT_INVALID'],
  ['over already', 'ops-client-1', { firstDay: '2025-06-01', lastDay: '2025-06-20' }, 'INPUT_INVALID'],
  ['to nobody', 'ops-client-1', { delegate: 'nobody-known' }, 'NOT_FOUND'],
  [
    'back office to front office',
    'compliance-1',
    { role: 'compliance', delegate: 'service-1', lastDay: '2025-07-01' },
    'CHECKER_FRONT_AND_BACK_OFFICE',
  ],
])('refused: %s', async (_why, as, body, code) => {
  const { errors } = (await give(as, body)).body;
  expect(errors.map((error: { code: string }) => error.code)).toContain(code);
});

test('within the own branch it is given', async () => {
  const { status } = await give('branch-1001-head', { role: 'branch', delegate: 'branch-1001', lastDay: '2025-07-01' });
  expect(status).toBe(201);
});

test('decided late it holds all the same; undecided it falls away with its last day', async () => {
  // Wednesday 25 June, 07:00: one working day is until Thursday 17:30.
  const asked = async (principal: string, lastDay: string) =>
    (await give('compliance-1', { principal, firstDay: '2025-06-25', lastDay })).body;
  const [late, short] = [await asked('ops-client-head', '2025-07-01'), await asked('ops-client-deputy', '2025-06-25')];
  const list = async (asOf = '') => {
    const { body } = await api.call('GET', `/v1/delegations${asOf}`, { as: 'compliance-1' });
    // Whether one is in force is told of today.
    return (body.items as readonly Record<string, unknown>[]).map(({ inForce: _, ...row }) => row);
  };
  const before = await list();
  const askedAt = (await api.call('GET', '/v1/clock', { as: 'ops-client-1' })).body.now as string;
  await api.stage.advance('2025-06-26T09:30:00.000Z');
  expect(await promiseOf(short, 'running')).toBe('withdrawn, due 06-26 17:30');
  const state = async ({ delegationId }: { delegationId: string }) => {
    const { rows } = await api.pool.query<{ state: string; task: string; task_id: string }>(
      `select d.state, t.state as task, t.task_id::text from delegations d join tasks t on t.workflow_id = 'delegation:' || d.delegation_id
        where d.delegation_id = $1`,
      [delegationId],
    );
    return rows[0]!;
  };
  expect(await state(short)).toMatchObject({ state: 'withdrawn', task: 'withdrawn' });
  if (isRecording) await record(short, 'delegation-lapsed');
  expect(await list()).not.toEqual(before);
  expect(await list(`?as-of=${askedAt}`)).toEqual(before);
  expect(await promiseOf(late, 'running')).toBe('breached, due 06-26 17:30');
  const { task_id: task } = await state(late);
  const decision = { revision: 1, form: { decision: 'approve', reason: '情况属实 as reported' } };
  await api.stage.advance('2025-06-26T10:00:00.000Z');
  expect((await api.call('POST', `/v1/tasks/${task}/completion`, { as: 'compliance-2', body: decision })).status).toBe(
    200,
  );
  expect(await promiseOf(late, 'breached')).toBe('met late, due 06-26 17:30');
  expect(await state(late)).toMatchObject({ state: 'given' });
});

test('nothing that a person typed can be read in a history', async () => {
  const { texts, histories, found } = await typedTextsInHistories(api.stage);
  expect(found).toEqual([]);
  expect([texts > 0, histories > 0]).toEqual([true, true]);
});
