/** The audit searched, and the reading of it and of personal data in the audit. */
import { recordAudit, type AuditEntry } from '../../activities/audit/record-audit';
import { receiveComplaint } from '../../activities/intake/complaints/receive-complaint';
import { openWork } from '../../activities/tasks/open-work';
import { routes } from '../../api/routes';
import { openApiStage, type ApiStage } from './stage';

let api: ApiStage;
const WORKFLOW = 'settlement-day:SH:2025-06-23';
beforeAll(async () => {
  api = await openApiStage('audit', { worker: false });
  await api.pool.query(`insert into processes (workflow_id) values ($1)`, [WORKFLOW]);
  const entry = (action: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
    ...{ actor: 'ops-client-1', action, outcome: 'done', objectType: 'order', objectId: '7' },
    ...more,
  });
  const at = async (instant: string, ...entries: AuditEntry[]) => {
    await api.pool.query('update business_clock set now = $1', [instant]);
    for (const one of entries) await recordAudit(api.pool, one);
  };
  await at(
    '2025-06-23T00:05:00Z',
    entry('make order', { after: { state: 'made', amount: '1.00' }, workflowId: WORKFLOW }),
    entry('approve order', {
      ...{ actor: 'ops-client-2', onBehalfOf: 'ops-client-head', workflowId: WORKFLOW, reason: '与计划一致' },
      ...{ before: { state: 'made', amount: '1.00' }, after: { state: 'approved', amount: '1.00' } },
    }),
  );
  await at(
    '2025-06-23T01:00:00Z',
    entry('completeTask', {
      actor: 'ops-client-1',
      outcome: 'refused',
      objectType: 'tasks',
      objectId: '9',
      reason: 'SAME_PERSON',
    }),
    entry('grant role', { actor: 'admin-1', objectType: 'grant', objectId: '3', businessKey: 'GRANT-3' }),
  );
  await api.pool.query(`update business_clock set now = '2025-06-23T02:00:00Z'`);
  await api.pool.query(
    `insert into clients values ('880001', 'A900000001', '1001', '21000', 'client', 'natural', 0.0025, 500),
       ('990001', 'A900000009', '1002', '21000', 'proprietary', 'institution', 0, 0)`,
  );
  await api.pool.query(`insert into client_names values ('880001', '王小明')`);
});
afterAll(() => api.close());

const found = async (query: string, as = 'audit-1') => {
  const { status, body } = await api.call('GET', `/v1/audit?${query}`, { as });
  expect(status).toBe(200);
  return (body.items as { action: string }[]).map(({ action }) => action).filter((action) => action !== 'read audit');
};

describe('the audit is found', () => {
  const searches: readonly { readonly by: string; readonly query: string; readonly finds: readonly string[] }[] = [
    { by: 'who acted', query: 'person=ops-client-1', finds: ['completeTask', 'make order'] },
    { by: 'on whose behalf', query: 'person=ops-client-head', finds: ['approve order'] },
    { by: 'process', query: `workflowId=${WORKFLOW}`, finds: ['approve order', 'make order'] },
    { by: 'business key of the process', query: 'businessKey=SH:2025-06-23', finds: ['approve order', 'make order'] },
    { by: 'business key of an object', query: 'businessKey=GRANT-3', finds: ['grant role'] },
    { by: 'object', query: 'objectType=order&objectId=7', finds: ['approve order', 'make order'] },
    { by: 'action', query: 'action=grant%20role', finds: ['grant role'] },
    { by: 'outcome', query: 'outcome=refused&objectId=9', finds: ['completeTask'] },
    { by: 'time, its begin included', query: 'from=2025-06-23T01:00:00Z', finds: ['grant role', 'completeTask'] },
    { by: 'time, its end not', query: 'to=2025-06-23T09:00:00%2B08:00', finds: ['approve order', 'make order'] },
    { by: 'several at once', query: 'person=ops-client-1&outcome=done', finds: ['make order'] },
  ];
  it.each(searches)('by $by', async ({ query, finds }) => expect(await found(query)).toEqual(finds));

  it('in pages, each row once', async () => {
    const first = await api.call('GET', `/v1/audit?workflowId=${WORKFLOW}&limit=1`, { as: 'audit-1' });
    const second = await api.call('GET', `/v1/audit?workflowId=${WORKFLOW}&limit=1&cursor=${first.body.next}`, {
      as: 'audit-1',
    });
    expect([first.body.items[0].action, second.body.items[0].action]).toEqual(['approve order', 'make order']);
    expect(second.body.next).toBeNull();
  });

  it('with what changed, not with all there was', async () => {
    const { body } = await api.call('GET', '/v1/audit?action=approve%20order', { as: 'compliance-1' });
    expect(body.items).toMatchObject([
      {
        ...{ actor: 'ops-client-2', onBehalfOf: 'ops-client-head', workflowId: WORKFLOW, businessKey: 'SH:2025-06-23' },
        changes: [{ path: '/state', kind: 'changed', before: 'made', after: 'approved' }],
      },
    ]);
  });

  it('by supervisors in processes only', async () => {
    expect(await found('', 'supervisor-1')).toEqual(['approve order', 'make order']);
    expect(await found('objectId=3', 'supervisor-1')).toEqual([]);
  });
});

it('finds a promise that was given together with a task by its own key, in the one row of both', async () => {
  const workflowId = 'complaint:T20250623-000009';
  const [accept, answer] = ['complaint-accept:T20250623-000009', 'complaint-answer:T20250623-000009:1'];
  const promise = (businessKey: string, n: number) => ({
    ...{
      businessKey,
      workflowId,
      process: 'complaint',
      step: 'x',
      subject: 'T20250623-000009',
      owner: { role: 'service' },
    },
    ...{ ladder: 'PROMISE', limit: { kind: 'BUSINESS_DAYS', n } as const, receivedAt: '2025-06-23T02:00:00.000Z' },
  });
  const task = {
    ...{
      workflowId,
      businessKey: 'register:9',
      kind: 'register-complaint',
      titleZh: '登记',
      titleEn: 'register',
      role: 'service',
    },
    ...{ form: {}, formVersion: 1, facts: {}, revision: 1 },
  };
  const work = { promises: [promise(accept, 2), promise(answer, 15)], task };
  await openWork(api)(work);
  await openWork(api)(work);
  for (const by of [`objectId=${accept}`, `objectType=deadline&objectId=${answer}`, `workflowId=${workflowId}`])
    expect([by, await found(by)]).toEqual([by, ['open task']]);
  expect(await found(`objectType=order&objectId=${accept}`)).toEqual([]);
  const { body } = await api.call('GET', `/v1/audit?objectId=${accept}&action=open%20task`, { as: 'audit-1' });
  const told = (body.items[0].changes as { path: string; after: object }[]).find(({ path }) => path === '/promises');
  const { rows } = await api.pool.query<{ key: string; due: string }>(
    'select business_key as key, due_at as due from deadlines where workflow_id = $1 order by 1',
    [workflowId],
  );
  expect(told?.after).toEqual(Object.fromEntries(rows.map(({ key, due }) => [key, due])));
  expect(rows).toHaveLength(2);
});

it('finds what was opened with the receipt of a complaint in the row of the receipt, by the key of each', async () => {
  const { complaintNo } = await receiveComplaint(api.pool, {
    ...({ key: 'audit', channel: 'telephone', product: 'southbound', category: 'fee', facts: '扣费有误' } as const),
    ...{ complainant: { name: '某某' }, by: 'service-1', role: 'service' },
  });
  const { rows } = await api.pool.query<{ task: string }>(
    'select task_id::text as task from tasks where workflow_id = $1',
    [`complaint:${complaintNo}`],
  );
  const task = rows[0]?.task ?? '';
  const accept = `complaint-accept:${complaintNo}`;
  for (const by of [
    ...[`objectId=${accept}`, `objectType=deadline&objectId=complaint-answer:${complaintNo}:1`],
    ...[`objectType=task&objectId=${task}`, `objectType=complaint&objectId=${complaintNo}`],
  ])
    expect([by, await found(by)]).toEqual([by, ['receive complaint']]);
  // The answer after a reopening was not promised then, and another task is another one.
  for (const by of [
    ...[`objectId=complaint-answer:${complaintNo}:2`, `objectType=order&objectId=${accept}`],
    `objectType=task&objectId=${Number(task) + 1}`,
  ])
    expect([by, await found(by)]).toEqual([by, []]);
});

it('keeps who searched it, and for what', async () => {
  await found('person=ops-client-2', 'compliance-1');
  const { body } = await api.call('GET', '/v1/audit?action=read%20audit&person=compliance-1&limit=1', {
    as: 'audit-1',
  });
  expect(body.items).toMatchObject([
    {
      ...{ actor: 'compliance-1', role: 'compliance', objectType: 'audit', objectId: 'ops-client-2' },
      changes: [
        { path: '/asked', kind: 'added', after: { person: 'ops-client-2' } },
        { path: '/rows', kind: 'added', after: 1 },
      ],
    },
  ]);
});

describe('the name of a client', () => {
  const WHY = { reason: '催缴透支款项' };

  it('is shown to whoever says why, after that was written down', async () => {
    const { status, body } = await api.call('POST', '/v1/clients/880001', { as: 'ops-client-1', body: WHY });
    expect([status, body]).toEqual([
      200,
      {
        ...{ fundAccount: '880001', securitiesAccount: 'A900000001', name: '王小明', kind: 'natural' },
        ...{ side: 'client', branch: '1001' },
      },
    ]);
    const { rows } = await api.pool.query(
      `select actor, role, action, object_type, object_id, reason, after from audit where action = 'read personal data'`,
    );
    expect(rows).toEqual([
      {
        ...{ actor: 'ops-client-1', role: 'operations', action: 'read personal data', object_type: 'client' },
        ...{ object_id: '880001', reason: '催缴透支款项', after: { columns: ['name', 'securities_account'] } },
      },
    ]);
  });

  const refused: readonly {
    readonly why: string;
    readonly of: string;
    readonly said: object;
    readonly as: string;
    readonly answer: unknown;
  }[] = [
    { why: 'no reason', of: '880001', said: {}, as: 'ops-client-1', answer: [400, 'INPUT_INVALID'] },
    {
      why: 'a reason of four characters',
      of: '880001',
      said: { reason: 'abcd' },
      as: 'ops-client-1',
      answer: [400, 'INPUT_INVALID'],
    },
    {
      why: 'a reason in the address, which every proxy writes down',
      of: '880001?reason=complaint+of+the+client',
      said: WHY,
      as: 'ops-client-1',
      answer: [400, 'FIELD_UNKNOWN'],
    },
    { why: 'a client of the other side', of: '990001', said: WHY, as: 'ops-client-1', answer: [404, 'NOT_FOUND'] },
    { why: 'a client of another branch', of: '990001', said: WHY, as: 'branch-1001', answer: [404, 'NOT_FOUND'] },
    { why: 'nobody of that account', of: '123', said: WHY, as: 'audit-1', answer: [404, 'NOT_FOUND'] },
    { why: 'no role for it', of: '880001', said: WHY, as: 'fin-prop-1', answer: [403, 'ROLE_MISSING'] },
  ];
  it.each(refused)('is not shown: $why', async ({ of, said, as, answer }) => {
    const { rows: before } = await api.pool.query(`select count(*) from audit where action = 'read personal data'`);
    const { status, body } = await api.call('POST', `/v1/clients/${of}`, { as, body: said });
    expect([status, body.code]).toEqual(answer);
    const { rows } = await api.pool.query(`select count(*) from audit where action = 'read personal data'`);
    expect(rows).toEqual(before);
  });

  it.each(['/v1/clients/880001', '/v1/messages/1/content', '/v1/permission-requests/P20250623-000001/documents/1'])(
    'an address alone shows nothing: GET %s names the method that takes a reason',
    async (where) => {
      const { status, headers } = await api.call('GET', `${where}?reason=complaint`, { as: 'ops-client-1' });
      expect([status, headers.get('allow')]).toEqual([405, expect.stringContaining('POST')]);
    },
  );

  it('is asked for by a reason in no address of any route', () => {
    expect(routes.filter(({ query }) => query !== undefined && 'reason' in query.shape).map(({ id }) => id)).toEqual(
      [],
    );
  });

  it('is shown to those of the branch', async () => {
    expect((await api.call('POST', '/v1/clients/880001', { as: 'branch-1001', body: WHY })).status).toBe(200);
  });
});

describe('as of an instant, over HTTP', () => {
  const read = async (of: string) => {
    const { status, body } = await api.call('GET', of, { as: 'supervisor-1' });
    return status === 200 ? [status, body.state ?? body.type ?? body.stage] : [status, body.code];
  };
  let task: string;
  beforeAll(async () => {
    const at = (instant: string) => api.pool.query('update business_clock set now = $1', [instant]);
    await at('2025-06-23T02:00:00Z');
    const { rows } = await api.pool.query<{ task_id: bigint }>(
      `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state)
       values ('as-of', $1, 'call-bank', task_title('致电', 'call'), 'operations', task_form('{}'), 1, '{}', 1, 'open') returning task_id`,
      [WORKFLOW],
    );
    task = `/v1/tasks/${rows[0]?.task_id}`;
    await at('2025-06-23T03:00:00Z');
    await api.pool.query(
      `update tasks set state = 'claimed', claimed_by = 'ops-client-1' where business_key = 'as-of'`,
    );
    await at('2025-06-23T04:00:00Z');
  });

  const instants = [
    { why: 'before it was', at: '2025-06-23T01:59:59.999Z', answer: [404, 'NOT_FOUND'] },
    { why: 'when it was opened', at: '2025-06-23T10:00:00%2B08:00', answer: [200, 'open'] },
    { why: 'just before it was claimed', at: '2025-06-23T02:59:59.999Z', answer: [200, 'open'] },
    { why: 'when it was claimed', at: '2025-06-23T03:00:00Z', answer: [200, 'claimed'] },
    { why: 'now', at: '2025-06-23T04:00:00Z', answer: [200, 'claimed'] },
    { why: 'an instant still to come', at: '2025-06-23T04:00:00.001Z', answer: [400, 'INPUT_INVALID'] },
    { why: 'a date', at: '2025-06-23', answer: [400, 'INPUT_INVALID'] },
  ];
  it.each(instants)('a task $why', async ({ at, answer }) => {
    expect(await read(`${task}?as-of=${at}`)).toEqual(answer);
  });

  it('a process and a day', async () => {
    const process = `/v1/processes/${WORKFLOW}`;
    expect(await read(process)).toEqual([200, 'settlementDay']);
    expect(await read(`${process}?as-of=2025-06-23T00:05:00Z`)).toEqual([200, 'settlementDay']);
    expect(await read(`${process}?as-of=2025-06-23T00:04:59Z`)).toEqual([404, 'NOT_FOUND']);
    expect(await read('/v1/settlement-days/SH/2025-06-23?as-of=2025-06-23T00:05:00Z')).toEqual([200, 'starting']);
    expect(await read('/v1/settlement-days/SH/2025-06-23?as-of=2025-06-23T00:04:59Z')).toEqual([404, 'NOT_FOUND']);
  });
});
