/** Roles from request to end, over HTTP: who may ask, whose hands, which conflicts, and that what is revoked is over at once. */
import { enterPeople } from '../support/people';
import { isRecording, keepHistory } from '../support/kept-history';
import { typedTextsInHistories } from '../support/typed-texts';
import { loseAnswer, MONDAY_0805, openApiStage, type ApiStage, type Called } from './stage';
import { eventually } from '../support/eventually';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('role_grants');
});
afterAll(() => api.close());

const codesOf = ({ body }: Called): string[] => (body.errors ?? []).map(({ code }: { code: string }) => code);
const REASON = '岗位调整，部门需要';

async function admit(person: string, department: string, naturalPerson?: string): Promise<void> {
  const { status } = await api.call('POST', '/v1/people', {
    as: 'admin-1',
    body: {
      person,
      subject: `rehearsal|${person}`,
      department,
      name: { zh: '测演员', en: 'Ce Yanyuan' },
      ...(naturalPerson === undefined ? {} : { naturalPerson }),
    },
  });
  expect(status).toBe(201);
}

/** Keeps the whole run of a process to be replayed by `histories.test.ts`. */
async function record(workflowId: string, file: string): Promise<void> {
  await api.stage.client.workflow.getHandle(workflowId).result();
  await keepHistory(api.stage.client, workflowId, `product/${file}.json`);
}

const request = (as: string, body: Readonly<Record<string, unknown>>) =>
  api.call('POST', '/v1/role-grants', { as, body: { validFrom: '2025-06-23', reason: REASON, ...body } });

async function requested(as: string, body: Readonly<Record<string, unknown>>): Promise<string> {
  const answer = await request(as, body);
  expect([answer.status, answer.body.code]).toEqual([202, undefined]);
  expect(answer.headers.get('location')).toBe(`/v1/role-grants/${answer.body.roleGrantId}`);
  return answer.body.roleGrantId;
}

/** The open task of a request. */
const taskOf = (as: string, workflowId: string, kind: string): Promise<{ taskId: string; revision: number }> =>
  eventually(async () => {
    const { rows } = await api.pool.query<{ taskId: string; revision: number }>(
      `select task_id::text as "taskId", revision from tasks where workflow_id = $1 and kind = $2 and state = 'open'`,
      [`role-grant:${workflowId}`, kind],
    );
    return rows[0];
  });

async function decide(as: string, id: string, kind: 'grant-role' | 'approve-role', decision = 'approve') {
  const { taskId, revision } = await taskOf(as, id, kind);
  return api.call('POST', `/v1/tasks/${taskId}/completion`, {
    as,
    body: { revision, form: { decision, reason: '核对岗位与职责' } },
  });
}

const stateOf = async (id: string) => (await api.call('GET', `/v1/role-grants/${id}`, { as: 'audit-1' })).body;
const rolesOf = async (as: string): Promise<string[]> => {
  const { body } = await api.call('GET', '/v1/me', { as });
  return (body.grants ?? []).map(({ role }: { role: string }) => role);
};

it('is asked for once: whoever asks again because the answer was lost is told the same request', async () => {
  await admit('asked-once', 'operations');
  const body = { person: 'asked-once', role: 'operations', side: 'client', validFrom: '2025-06-23', reason: REASON };
  const send = (more: object = {}) =>
    api.call('POST', '/v1/role-grants', { as: 'ops-client-head', body: { ...body, ...more }, key: 'asked-once' });
  const first = await send();
  await loseAnswer(api.pool, 'asked-once');
  const again = await send();
  expect([again.status, again.body]).toEqual([202, first.body]);
  await loseAnswer(api.pool, 'asked-once', 'and its request');
  expect((await send({ side: 'proprietary' })).body.code).toBe('IDEMPOTENCY_MISMATCH');
  const { rows } = await api.pool.query(
    `select (select count(*)::int from role_grants where person = 'asked-once') as asked,
            (select count(*)::int from processes where workflow_id = 'role-grant:' || $1) as started,
            (select count(*)::int from audit where action = 'request role' and object_id = $1) as audited`,
    [first.body.roleGrantId],
  );
  expect(rows).toEqual([{ asked: 1, started: 1, audited: 1 }]);
});

it('goes from login to role through three hands, and is over at once when revoked', async () => {
  await admit('newcomer', 'operations');
  expect((await api.call('GET', '/v1/me', { as: 'newcomer' })).status).toBe(403);
  const id = await requested('ops-client-head', { person: 'newcomer', role: 'operations', side: 'client' });

  expect((await decide('ops-client-head', id, 'grant-role')).body.code).toBe('SAME_PERSON');
  expect((await decide('ops-client-1', id, 'grant-role')).status).toBe(200);
  expect((await api.call('GET', '/v1/me', { as: 'newcomer' })).status).toBe(403);
  expect((await decide('compliance-1', id, 'approve-role')).status).toBe(200);
  expect(await rolesOf('newcomer')).toEqual(['operations']);
  if (isRecording) await record(`role-grant:${id}`, 'role-grant-in-force');
  const row = await stateOf(id);
  expect([row.state, row.requestedBy, row.grantedBy, row.approvedBy]).toEqual([
    'in force',
    'ops-client-head',
    'ops-client-1',
    'compliance-1',
  ]);

  const { body: person } = await api.call('GET', '/v1/people/newcomer', { as: 'compliance-1' });
  const [grant] = person.grants;
  expect(['name' in person, grant.role, grant.validFrom, grant.validTo]).toEqual([
    ...[false, 'operations', '2025-06-23', null],
  ]);
  const before = await api.call('GET', '/v1/people/newcomer?asOf=2025-06-22', { as: 'compliance-1' });
  expect(before.body.grants).toEqual([]);

  const revoke = (as: string, key?: string) =>
    api.call('POST', `/v1/grants/${grant.grantId}/revocation`, {
      as,
      ...(key === undefined ? {} : { key }),
      body: { reason: '岗位取消，即时撤销' },
    });
  expect((await revoke('compliance-1')).body.code).toBe('ROLE_MISSING');
  expect((await revoke('ops-client-2', 'revoked-once')).status).toBe(200);
  expect((await api.call('GET', '/v1/me', { as: 'newcomer' })).status).toBe(403);
  // Whoever repeats it because the answer was lost is answered the same.
  await loseAnswer(api.pool, 'revoked-once');
  expect((await revoke('ops-client-2', 'revoked-once')).status).toBe(200);
  expect((await revoke('ops-client-2')).body.code).toBe('GRANT_NOT_OPEN');
  const { rows: told } = await api.pool.query(
    `select coalesce(recipient_role, recipient_ref) as told, missing from outbox where template = 'ROLE_REVOKED' order by message_id`,
  );
  // Compliance, and whoever leads the department: nobody else of it.
  expect(told).toEqual(
    ['compliance', 'person:ops-client-deputy', 'person:ops-client-head'].map((to) => ({ told: to, missing: [] })),
  );
  const { rows: kept } = await api.pool.query(
    `select action, actor, reason from audit where object_type = 'grant' and object_id = $1`,
    [grant.grantId],
  );
  expect(kept).toEqual([{ action: 'revoke role', actor: 'ops-client-2', reason: '岗位取消，即时撤销' }]);
});

describe('a request', () => {
  beforeAll(async () => {
    await admit('clerk', 'operations');
    await admit('clerk-b', 'operations', 'clerk');
    await admit('chief', 'management');
  });
  const OPS = { person: 'clerk', role: 'operations', side: 'client' };

  it.each<[string, string, Record<string, unknown>, number, readonly string[]]>([
    ['somebody without a mark', 'ops-client-1', OPS, 403, ['DEPARTMENT_HEAD_NEEDED']],
    ['the head of another department', 'fin-prop-head', OPS, 403, ['DEPARTMENT_HEAD_NEEDED']],
    [
      'for oneself',
      'ops-client-head',
      { person: 'ops-client-head', role: 'supervisor' },
      403,
      ['GRANT_NEEDS_OTHER_HANDS'],
    ],
    ['of a role held already', 'ops-client-head', { ...OPS, person: 'ops-client-1' }, 409, ['GRANT_OVERLAPS']],
    [
      'front beside back',
      'ops-client-head',
      { person: 'ops-client-1', role: 'service' },
      422,
      ['ROLES_FRONT_AND_BACK_OFFICE'],
    ],
    [
      'front beside back, through the other account of the same human',
      'ops-client-head',
      { person: 'ops-client-1b', role: 'service' },
      422,
      ['ROLES_FRONT_AND_BACK_OFFICE'],
    ],
    [
      'technology beside operations',
      'ops-client-head',
      { person: 'ops-client-1', role: 'admin' },
      422,
      ['ROLES_OPERATIONS_AND_TECHNOLOGY'],
    ],
    [
      'every reason at once',
      'fin-prop-head',
      { person: 'ops-client-1', role: 'prop', side: 'proprietary' },
      403,
      ['DEPARTMENT_HEAD_NEEDED', 'ROLES_FRONT_AND_BACK_OFFICE', 'ROLES_CLIENT_AND_PROPRIETARY_SIDE'],
    ],
    [
      'over asset management and own-account trading, even with a reason',
      'general-manager-2',
      {
        person: 'chief',
        role: 'supervisor',
        inChargeOf: ['asset management', 'proprietary trading'],
        exceptionReason: '暂无其他人选',
      },
      422,
      ['ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY'],
    ],
    [
      'a conflict that may be excepted, without a reason',
      'general-manager-2',
      { person: 'chief', role: 'supervisor', inChargeOf: ['brokerage', 'proprietary trading'] },
      422,
      ['ROLES_NEED_EXCEPTION'],
    ],
    ['for somebody who is not there', 'ops-client-head', { ...OPS, person: 'nobody' }, 404, ['NOT_FOUND']],
    [
      'of a side that the role has not',
      'ops-client-head',
      { person: 'clerk', role: 'audit', side: 'client' },
      400,
      ['INPUT_INVALID'],
    ],
    [
      'without the side that the role needs',
      'ops-client-head',
      { person: 'clerk', role: 'operations' },
      400,
      ['INPUT_INVALID'],
    ],
    ['that ends before it begins', 'ops-client-head', { ...OPS, validTo: '2025-06-23' }, 400, ['INPUT_INVALID']],
  ])('is refused: %s', async (_, as, body, status, codes) => {
    const answer = await request(as, body);
    expect([answer.status, codesOf(answer)]).toEqual([status, codes]);
    const { rows } = await api.pool.query(`select reason from audit where request_id = $1 and outcome = 'refused'`, [
      answer.headers.get('x-request-id'),
    ]);
    expect(rows).toEqual([{ reason: codes.join(', ') }]);
  });

  it('of the same role is asked once at a time', async () => {
    const id = await requested('ops-client-head', OPS);
    expect((await request('ops-client-head', OPS)).body.code).toBe('GRANT_OVERLAPS');
    const { taskId } = await taskOf('ops-client-head', id, 'grant-role');
    const recall = await api.call('POST', `/v1/tasks/${taskId}/recall`, {
      as: 'ops-client-head',
      body: { reason: REASON },
    });
    expect(recall.status).toBe(200);
    expect((await stateOf(id)).state).toBe('recalled');
    const again = await requested('ops-client-head', OPS);
    expect((await decide('ops-client-2', again, 'grant-role', 'refuse')).status).toBe(200);
    expect((await stateOf(again)).state).toBe('refused');
    if (isRecording) await record(`role-grant:${again}`, 'role-grant-refused');
  });

  it('is judged again at each step: a role that changed in between refuses the approval', async () => {
    const id = await requested('ops-client-head', OPS);
    await decide('ops-client-2', id, 'grant-role');
    // The other account of the same human was given a front-office role meanwhile.
    await api.pool.query(
      `insert into grants (person, role, valid_from, requested_by, granted_by, approved_by)
       values ('clerk-b', 'service', '2025-06-23', 'a', 'b', 'c')`,
    );
    const refused = await decide('compliance-1', id, 'approve-role');
    expect([refused.status, refused.body.code]).toEqual([422, 'ROLES_FRONT_AND_BACK_OFFICE']);
    expect((await stateOf(id)).state).toBe('granted');
    await api.pool.query(`update grants set valid_to = '2025-06-24' where person = 'clerk-b'`);
    expect((await decide('compliance-1', id, 'approve-role')).body.code).toBe('ROLES_FRONT_AND_BACK_OFFICE');
    expect((await decide('compliance-1', id, 'approve-role', 'refuse')).status).toBe(200);
    expect((await stateOf(id)).state).toBe('refused');
  });

  it('is granted by nobody who gets it, by whatever account', async () => {
    await admit('twin', 'operations');
    await admit('twin-b', 'operations', 'twin');
    await api.pool.query(
      `insert into grants (person, role, side, valid_from, requested_by, granted_by, approved_by)
       values ('twin-b', 'operations', 'client', '2025-06-23', 'a', 'b', 'c')`,
    );
    const id = await requested('ops-client-head', { person: 'twin', role: 'supervisor' });
    const own = await decide('twin-b', id, 'grant-role');
    expect([own.status, own.body.code]).toEqual([403, 'GRANT_NEEDS_OTHER_HANDS']);
    expect((await decide('ops-client-2', id, 'grant-role')).status).toBe(200);
  });

  it('of an exception is approved by the head of compliance only, with the restriction on the grant', async () => {
    const id = await requested('general-manager-2', {
      person: 'chief',
      role: 'supervisor',
      inChargeOf: ['brokerage', 'proprietary trading'],
      exceptionReason: '暂无其他人选，为期三个月',
      validTo: '2025-09-23',
    });
    await decide('ops-client-1', id, 'grant-role');
    expect((await decide('compliance-1', id, 'approve-role')).body.code).toBe('ROLE_MISSING');
    expect((await decide('compliance-2', id, 'approve-role')).status).toBe(200);
    const { body } = await api.call('GET', '/v1/people/chief', { as: 'audit-1' });
    const [grant] = body.grants;
    expect([grant.restriction, grant.validTo, grant.inChargeOf]).toEqual([
      'no single-security decisions',
      '2025-09-23',
      ['brokerage', 'proprietary trading'],
    ]);
    expect((await api.call('GET', '/v1/me', { as: 'chief' })).body).toEqual({
      person: 'chief',
      grants: [
        {
          ...{ role: 'supervisor', side: null, branch: null, mark: null },
          inChargeOf: ['brokerage', 'proprietary trading'],
          restriction: 'no single-security decisions',
          validTo: '2025-09-23',
        },
      ],
      actsFor: [],
      actedForBy: [],
    });
    const asOf = async (date: string) =>
      (await api.call('GET', `/v1/people/chief?asOf=${date}`, { as: 'audit-1' })).body.grants.length;
    expect([await asOf('2025-09-22'), await asOf('2025-09-23')]).toEqual([1, 0]);
  });
});

describe('the directory', () => {
  it('shows a name only to whoever says why, and keeps who looked', async () => {
    const asked = { as: 'compliance-1', body: { reason: '核对人员身份' } };
    expect((await api.call('GET', '/v1/people/audit-2?reason=x', { as: 'compliance-1' })).body.code).toBe(
      'FIELD_UNKNOWN',
    );
    const { body, headers } = await api.call('POST', '/v1/people/audit-2/name', asked);
    expect(body.name).toEqual({ zh: '姜演稽', en: 'Jiang Yanji' });
    const { rows } = await api.pool.query(
      `select actor, action, object_id, reason, after from audit where request_id = $1`,
      [headers.get('x-request-id')],
    );
    expect(rows).toEqual([
      {
        actor: 'compliance-1',
        action: 'read personal data',
        object_id: 'audit-2',
        reason: '核对人员身份',
        after: { columns: ['name_zh', 'name_en'] },
      },
    ]);
  });

  it('shows others only the requests that they made or that are about them', async () => {
    await admit('seller', 'branch 1001');
    const id = await requested('branch-1001-head', { person: 'seller', role: 'branch', branch: '1001' });
    const seen = async (as: string) => {
      const { body } = await api.call('GET', '/v1/role-grants', { as });
      return body.items.map(({ roleGrantId }: { roleGrantId: string }) => roleGrantId);
    };
    expect(await seen('branch-1001-head')).toEqual([id]);
    expect(await seen('branch-1002-head')).toEqual([]);
    expect(await seen('compliance-1')).toContain(id);
    expect((await api.call('GET', `/v1/role-grants/${id}`, { as: 'branch-1002-head' })).status).toBe(404);
  });

  it('lets somebody leave: no login, no roles, no tasks, from that moment on', async () => {
    await admit('buyer', 'branch 1002');
    const id = await requested('branch-1002-head', { person: 'buyer', role: 'branch', branch: '1002' });
    const { taskId } = await taskOf('ops-prop-1', id, 'grant-role');
    expect((await api.call('POST', `/v1/tasks/${taskId}/claim`, { as: 'ops-prop-1' })).status).toBe(200);
    // As if a supervisor had given it: what was assigned goes back to the list like what was claimed.
    await api.pool.query(`update tasks set assigned_by = 'supervisor-1' where task_id = $1`, [taskId]);
    const { rows: handed } = await api.pool.query<{ id: string }>(
      `insert into delegations (principal, delegate, role, first_day, last_day, reason, made_by, state)
       values ('ops-prop-1', 'ops-client-2', 'operations', '2025-06-23', '2025-06-30', 'on leave', 'ops-prop-1', 'given'),
              ('ops-client-2', 'ops-prop-1', 'operations', '2025-06-25', '2025-06-30', 'on leave', 'ops-client-2', 'given'),
              ('ops-prop-1', 'ops-client-1', 'operations', '2025-06-01', '2025-06-20', 'on leave', 'ops-prop-1', 'given')
       returning delegation_id::text as id`,
    );
    const leave = (as = 'admin-1', reason = '离职，交接完毕') =>
      api.call('POST', '/v1/people/ops-prop-1/departure', { as, body: { reason } });
    expect((await leave()).status).toBe(200);
    expect((await api.call('GET', '/v1/me', { as: 'ops-prop-1' })).status).toBe(401);
    const { body } = await api.call('GET', '/v1/people/ops-prop-1', { as: 'audit-1' });
    expect([body.active, body.grants]).toEqual([false, []]);
    const { rows } = await api.pool.query('select state, claimed_by, assigned_by from tasks where task_id = $1', [
      taskId,
    ]);
    expect(rows).toEqual([{ state: 'open', claimed_by: null, assigned_by: null }]);
    const events = await api.pool.query(
      `select kind, actor, role from task_events where task_id = $1 order by event_id desc limit 1`,
      [taskId],
    );
    expect(events.rows).toEqual([{ kind: 'released', actor: 'admin-1', role: 'admin' }]);
    // Given and held alike; one that was over stays as it ended.
    const { rows: delegations } = await api.pool.query(
      `select state, revoked_by from delegations where delegation_id = any ($1) order by delegation_id`,
      [handed.map(({ id }) => id)],
    );
    const revoked = { state: 'revoked', revoked_by: 'admin-1' };
    expect(delegations).toEqual([revoked, revoked, { state: 'given', revoked_by: null }]);
    const { rowCount } = await api.pool.query(
      `select from audit where action = 'revoke a delegation' and object_id = any ($1) and actor = 'admin-1'`,
      [handed.map(({ id }) => id)],
    );
    expect(rowCount).toBe(2);
    // The answer was lost: whoever asks for the same again is answered as then, nobody else, and nothing is done twice.
    const known = [await leave(), await leave('ops-client-1'), await leave('admin-1', '辞退，交接完毕')];
    expect(known.map(({ status, body: { code } }) => code ?? status)).toEqual([200, 'PERSON_LEFT', 'PERSON_LEFT']);
    const { rowCount: dismissed } = await api.pool.query(
      `select from audit where action = 'dismiss person' and object_id = 'ops-prop-1' and outcome = 'done'`,
    );
    expect(dismissed).toBe(1);
  });

  it.each([
    ['another’s', { person: 'audit-1' }, [409, 'PERSON_KNOWN']],
    ['the own, of another name', { name: { zh: '某', en: 'y' } }, [409, 'PERSON_KNOWN']],
    ['the own, whose answer was lost', {}, [201, undefined]],
  ])('makes no login twice: %s', async (_what, other, answer) => {
    const body = { person: 'twice', subject: 'twice', department: 'audit', name: { zh: '某', en: 'x' } };
    await api.call('POST', '/v1/people', { as: 'admin-1', body });
    const again = await api.call('POST', '/v1/people', { as: 'admin-1', body: { ...body, ...other } });
    expect([again.status, again.body.code]).toEqual(answer);
  });
});

it('asks for a decision within three working days, and tells who owes it', async () => {
  await admit('waiting', 'operations');
  const id = await requested('ops-client-head', { person: 'waiting', role: 'operations', side: 'client' });
  const { taskId } = await taskOf('ops-client-1', id, 'grant-role');
  const asked = await api.call('GET', `/v1/role-grants/${id}`, { as: 'ops-client-1' });
  const promised = await promiseOf(id);
  await api.stage.advance('2025-06-27T00:00:00.000Z');
  const { rows } = await api.pool.query(`select rung, state from ladder_rungs where workflow_id = $1 order by rung`, [
    `role-grant:${id}`,
  ]);
  expect(rows).toEqual([
    { rung: 1, state: 'acted' },
    { rung: 2, state: 'acted' },
    { rung: 3, state: 'escalated' },
  ]);

  await api.call('POST', `/v1/tasks/${taskId}/completion`, {
    as: 'ops-client-1',
    body: { revision: 1, form: { decision: 'refuse', reason: '岗位已取消' } },
  });
  const now = {
    grant: await api.call('GET', `/v1/role-grants/${id}`, { as: 'ops-client-1' }),
    promise: await eventually(met),
  };
  expect([now.grant.body.state, asked.body.state]).toEqual(['refused', 'requested']);
  // What was asked for, and what was promised, as they were on Monday morning.
  const then = `?as-of=${MONDAY_0805}`;
  expect((await api.call('GET', `/v1/role-grants/${id}${then}`, { as: 'ops-client-1' })).body).toEqual(asked.body);
  const { deadlineId } = promised.body;
  expect((await api.call('GET', `/v1/deadlines/${deadlineId}${then}`, { as: 'ops-client-1' })).body).toEqual(
    promised.body,
  );
  const before = await api.call('GET', `/v1/role-grants/${id}?as-of=2025-06-23T00:04:59Z`, { as: 'ops-client-1' });
  expect(before.body.code).toBe('NOT_FOUND');

  async function met() {
    const answer = await promiseOf(id);
    return answer.body.state === 'met late' ? answer : undefined;
  }
});

/** The promise of the process of a request, as the API tells it to operations. */
async function promiseOf(workflowId: string): Promise<Called> {
  const { rows } = await api.pool.query<{ id: string }>(
    'select deadline_id::text as id from deadlines where workflow_id = $1',
    [`role-grant:${workflowId}`],
  );
  return api.call('GET', `/v1/deadlines/${rows[0]?.id}`, { as: 'ops-client-1' });
}
const causesOf = ({ body }: Called) =>
  body.changes.map(({ cause, by }: { cause: string; by: string }) => `${cause} ${by}`);

describe('a promise of a process, by people', () => {
  let id: string;
  const act = (as: string, what: 'stops' | 'resumption' | 'extensions', body: object, call: object = {}) =>
    promiseOf(id).then(({ body: { deadlineId } }) =>
      api.call('POST', `/v1/deadlines/${deadlineId}/${what}`, { as, body, ...call }),
    );
  beforeAll(async () => {
    // Friday 27 June, 08:00: three working days are until Wednesday 2 July, 17:30.
    await admit('patient', 'operations');
    id = await requested('ops-client-head', {
      person: 'patient',
      role: 'operations',
      side: 'client',
      validFrom: '2025-06-27',
    });
    await taskOf('ops-client-1', id, 'grant-role');
  });

  it('stops its clock with a reason, once, and every reason against it is told at once', async () => {
    const before = await promiseOf(id);
    expect([before.body.state, before.body.dueAt]).toEqual(['running', '2025-07-02T09:30:00.000Z']);
    const reason = { reason: '等待部门补充材料' };
    expect(codesOf(await act('service-1', 'stops', reason))).toEqual(['ROLE_MISSING']);
    const etag = before.headers.get('etag') ?? '';
    const twice = await Promise.all(
      ['one', 'one'].map((key) => act('ops-client-1', 'stops', reason, { key, headers: { 'if-match': etag } })),
    );
    expect(twice.some(({ status }) => status === 200)).toBe(true);
    const stopped = await promiseOf(id);
    expect(stopped.body.stops).toMatchObject([{ reason: reason.reason, stoppedBy: 'ops-client-1', resumedBy: null }]);
    expect(stopped.body.stoppedUntil).toBe('2025-07-27T00:00:00.000Z');
    const again = await act('ops-client-2', 'stops', { reason: 'another reason' }, { headers: { 'if-match': etag } });
    expect([again.status, codesOf(again)]).toEqual([412, ['REVISION_STALE', 'CLOCK_ALREADY_STOPPED']]);
  });

  it('rings nothing while it stands, and later by what it stood once it is resumed', async () => {
    await api.stage.advance('2025-07-03T00:00:00.000Z');
    const rung = async () =>
      (await api.pool.query('select rung from ladder_rungs where workflow_id = $1', [`role-grant:${id}`])).rowCount;
    expect(await rung()).toBe(0);
    const resumed = await act('ops-client-2', 'resumption', { reason: '材料已到，继续办理' });
    // Nothing had run: the desk opens at 09:00 on Friday. From Thursday 09:00 on, three working days and the day of receipt.
    expect([resumed.status, resumed.body.dueAt, resumed.body.stops[0].resumedBy]).toEqual([
      200,
      '2025-07-08T09:30:00.000Z',
      'ops-client-2',
    ]);
    expect(codesOf(await act('ops-client-2', 'resumption', { reason: 'once more please' }))).toEqual([]);
    expect(codesOf(await act('ops-client-1', 'resumption', { reason: 'once more please' }))).toEqual([
      'CLOCK_NOT_STOPPED',
    ]);
  });

  it('asks for more time, which another human decides before the limit, and shows everything that was done', async () => {
    const asked = await act('ops-client-1', 'extensions', { further: 2, reason: '岗位说明需总部确认' });
    expect([asked.status, asked.body.extensions]).toMatchObject([
      202,
      [{ extensionNo: 1, further: 2, state: 'asked' }],
    ]);
    expect(codesOf(await act('ops-client-2', 'extensions', { further: 1, reason: 'another reason' }))).toEqual([
      'EXTENSION_ALREADY_ASKED',
    ]);
    const { workflowId } = asked.body.extensions[0];
    const taskId = await eventually(async () => {
      const { rows } = await api.pool.query<{ id: string }>(
        'select task_id::text as id from tasks where workflow_id = $1',
        [workflowId],
      );
      return rows[0]?.id;
    }, 150);
    const decision = { revision: 1, form: { decision: 'approve', reason: '同意延期两日' } };
    const decideAs = (as: string) => api.call('POST', `/v1/tasks/${taskId}/completion`, { as, body: decision });
    // Another account of the human who asked, a head by its grant; somebody who is not the head; the head.
    await enterPeople(api.pool, [
      { person: 'ops-head-b', role: 'operations', side: 'client', mark: 'head', naturalPerson: 'ops-client-1' },
    ]);
    expect(codesOf(await decideAs('ops-head-b'))).toEqual(['SAME_PERSON']);
    expect(codesOf(await decideAs('ops-client-2'))).toEqual(['ROLE_MISSING']);
    expect((await decideAs('ops-client-head')).status).toBe(200);
    if (isRecording) await record(workflowId, 'deadline-extension-approved');
    const longer = await promiseOf(id);
    expect(longer.body).toMatchObject({
      dueAt: '2025-07-10T09:30:00.000Z',
      extensions: [
        { state: 'approved', askedBy: 'ops-client-1', decidedBy: 'ops-client-head', decisionReason: '同意延期两日' },
      ],
    });
    expect(causesOf(longer)).toEqual(['stopped ops-client-1', 'resumed ops-client-2', 'extended ops-client-head']);
    const { rows: audit } = await api.pool.query<{ told: string }>(
      `select concat_ws(' ', actor, role, action) as told from audit where object_type = 'deadline' and object_id = $1 order by seq`,
      [longer.body.businessKey],
    );
    expect(audit.map(({ told }) => told)).toEqual([
      'southbound open deadline',
      'ops-client-1 operations deadline stopped',
      'ops-client-2 operations deadline resumed',
      'ops-client-1 operations ask deadline extension',
      'ops-client-head deadline extension approved',
      'ops-client-head deadline extended',
    ]);
    // The process climbs what was computed: half of the longer span comes on 8 July, nothing before.
    await api.stage.advance('2025-07-10T09:30:00.000Z');
    const { rows: rungs } = await api.pool.query(
      'select rung, due_at, state from ladder_rungs where workflow_id = $1 order by rung',
      [`role-grant:${id}`],
    );
    expect(rungs.map((row: { rung: number; state: string }) => `${row.rung} ${row.state}`)).toEqual([
      '1 acted',
      '2 acted',
      '3 escalated',
    ]);
    expect(codesOf(await act('ops-client-1', 'extensions', { further: 1, reason: 'too late to ask' }))).toEqual([
      'EXTENSION_AFTER_LIMIT',
    ]);
  });
});

test('nothing that a person typed can be read in a history', async () => {
  const { texts, histories, found } = await typedTextsInHistories(api.stage);
  expect(found).toEqual([]);
  expect([texts > 0, histories > 0]).toEqual([true, true]);
});
