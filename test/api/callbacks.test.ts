/** Callbacks, and what becomes of an open permission, over HTTP: asked for, done, refused by name and field, all at once. */
import { createHash, randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { askCallback } from '../../activities/callbacks/ask-callback';
import { readCallback } from '../../activities/callbacks/follow-callback';
import { withdrawCallbacks } from '../../activities/callbacks/withdraw-callbacks';
import { askComplaintCallback } from '../../activities/complaints/ask-complaint-callback';
import { recuse } from '../../activities/intake/complaints/act-of-people';
import { receiveComplaint, type ReceivedComplaint } from '../../activities/intake/complaints/receive-complaint';
import { loadReference } from '../../activities/books/load-reference';
import { inTransaction } from '../../activities/database/transaction';
import { givePromise } from '../../activities/deadlines/open-deadline';
import { seedClients } from '../../activities/clients/seed-clients';
import { asOwner } from '../support/as-owner';
import { registered } from '../support/handled-complaint';
import { openedTask } from '../support/tasks';
import { openApiStage, type ApiStage, type Called } from './stage';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('callbacks_api', { worker: false });
  await loadReference(api.pool);
  await seedClients(api.pool, 20);
});
afterAll(() => api.close());

const CALLBACKS = '/v1/callbacks';
const clockTo = (wall: string) =>
  api.pool.query('update business_clock set now = $1', [new Date(`${wall}:00+08:00`).toISOString()]);
beforeEach(() => clockTo('2025-06-23T10:00'));

const told = ({ status, body }: Called): unknown => [
  status,
  ...(body.errors ?? []).map(({ field, code }: Record<string, string>) => (field === null ? code : `${field} ${code}`)),
];
const post = (as: string, path: string, body: object = {}, key: string = randomUUID()) =>
  api.call('POST', `${CALLBACKS}${path}`, { as, body, key });
const ask = (as: string, body: object = {}) =>
  post(as, '', {
    purpose: 'sample',
    clientNo: 'C00000001',
    subject: 'sample:2025-06',
    reason: 'sample of June',
    ...body,
  });
const asked = async (): Promise<string> => (await ask('compliance-1')).body.callbackNo as string;
const RIGHT = { 'own-trades': 'yes', promised: 'no' };
const recorded = () => ({ reference: `REC-${randomUUID()}`, sha256: 'a'.repeat(64) });
const talk = (answers: object = RIGHT, more: object = {}) => ({
  result: 'reached',
  answers,
  recording: recorded(),
  ...more,
});

describe('asking', () => {
  it('is for the roles of the purpose, with its terms', async () => {
    const { status, headers, body } = await ask('compliance-1');
    expect([status, headers.get('location')]).toEqual([201, `${CALLBACKS}/${body.callbackNo}`]);
    expect(body).toMatchObject({ state: 'open', outcome: null, window: { mayCallNow: true, reasons: [] } });
    expect(body.script.questions.map(({ question }: { question: string }) => question)).toEqual([
      'own-trades',
      'promised',
    ]);
    // Which answers mean trouble is not told to whoever asks them.
    expect(Object.keys(body.script.questions[0].answers[0]).sort()).toEqual(['answer', 'en', 'zh']);
  });

  it('of a new account has the five things that are to be asked, within fifteen working days', async () => {
    const { body } = await ask('service-2', { purpose: 'new-account', subject: 'account:C00000003' });
    expect(body.script.questions.map(({ question }: { question: string }) => question)).toEqual([
      'identity',
      'changes',
      'own-trades',
      'risk',
      'mandate',
    ]);
    const { rows } = await api.pool.query('select days from callbacks where callback_no = $1', [body.callbackNo]);
    expect(rows).toEqual([{ days: 15 }]);
  });

  it.each<[why: string, as: string, body: object, refused: unknown]>([
    ['a purpose there is not', 'service-1', { purpose: 'chat' }, [404, 'purpose CALLBACK_PURPOSE_UNKNOWN']],
    [
      'a purpose of a process',
      'service-1',
      { purpose: 'permission-opening' },
      [403, 'purpose CALLBACK_NOT_ASKED_BY_YOU'],
    ],
    ['a purpose of another role', 'brokerage-1', {}, [403, 'purpose CALLBACK_NOT_ASKED_BY_YOU']],
    ['a client there is not', 'service-1', { clientNo: 'C99999999' }, [404, 'clientNo NOT_FOUND']],
    [
      'all that is wrong at once',
      'service-1',
      { clientNo: 'C99999999', purpose: 'chat' },
      [404, 'clientNo NOT_FOUND', 'purpose CALLBACK_PURPOSE_UNKNOWN'],
    ],
  ])('%s: refused', async (_why, as, body, refused) => {
    expect(told(await ask(as, body))).toEqual(refused);
  });
});

describe('a call', () => {
  it('leaves its recording in the file of the client: the bytes whose digest was recorded, once', async () => {
    const no = await asked();
    await post('service-1', `/${no}/attempts`);
    const sound = (text: string) => Buffer.from(`RIFF\0\0\0\0WAVEfmt ${text}`);
    const right = sound('a talk');
    const file = (content: Buffer) =>
      post('service-1', `/${no}/attempts/1/recording`, { content: content.toString('base64') });
    expect(told(await file(right))).toEqual([409, 'CALL_NOT_RECORDED']);
    const sha256 = createHash('sha256').update(right).digest('hex');
    const recording = { reference: `REC-${no}`, sha256 };
    expect((await post('service-1', `/${no}/attempts/1/result`, talk(RIGHT, { recording }))).status).toBe(200);
    expect(told(await file(sound('another one')))).toEqual([422, 'content RECORDING_DIFFERS']);
    expect(told(await file(Buffer.from('%PDF-1.7 no sound')))).toEqual([422, 'content DOCUMENT_OF_OTHER_TYPE']);
    const filed = await file(right);
    expect([filed.status, filed.body.sha256, (await file(right)).body]).toEqual([201, sha256, filed.body]);
    const { rows } = await api.pool.query(`select kind, sha256 from archive_entries where entry_key like $1`, [
      `%${no}:recording:1`,
    ]);
    expect(rows).toEqual([{ kind: 'call recording', sha256 }]);
  });

  it('is begun once for its key, recorded once, and ends the callback', async () => {
    const no = await asked();
    const key = randomUUID();
    const begun = await post('service-1', `/${no}/attempts`, {}, key);
    expect((await post('service-1', `/${no}/attempts`, {}, key)).body).toEqual(begun.body);
    expect(begun.body.attempts).toMatchObject([{ nth: 1, begunBy: 'service-1', result: null }]);
    expect((await api.call('GET', begun.headers.get('location') ?? '', { as: 'service-1' })).body).toEqual(begun.body);
    expect(told(await post('service-2', `/${no}/attempts`))).toEqual([409, 'ATTEMPT_WITHOUT_RESULT']);
    const result = talk();
    const done = await post('service-1', `/${no}/attempts/1/result`, result);
    expect(done.body).toMatchObject({ state: 'ended', outcome: 'confirmed', window: null });
    // The same again under another key is taken as it stands; another one is not.
    expect((await post('service-1', `/${no}/attempts/1/result`, result)).status).toBe(200);
    expect(told(await post('service-1', `/${no}/attempts/1/result`, talk()))).toEqual([409, 'ATTEMPT_HAS_RESULT']);
    expect(told(await post('service-1', `/${no}/attempts`))).toEqual([409, 'CALLBACK_ENDED']);
    // One that was under way when it ended otherwise moves it no more.
    await api.pool.query(
      `insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 2, 'under way ' || $1, 'service-1')`,
      [no],
    );
    expect(told(await post('service-1', `/${no}/attempts/2/result`, talk()))).toEqual([409, 'CALLBACK_ENDED']);
  });

  it('is told all that is wrong with its result, and nothing is kept', async () => {
    const no = await asked();
    await post('service-1', `/${no}/attempts`);
    const wrong = { result: 'reached', answers: { promised: 'perhaps', weather: 'fine' } };
    expect(told(await post('service-1', `/${no}/attempts/1/result`, wrong))).toEqual([
      422,
      'answers.weather CALLBACK_QUESTION_UNKNOWN',
      'answers.own-trades CALLBACK_ANSWER_MISSING',
      'answers.promised CALLBACK_ANSWER_NOT_OFFERED',
      'recording RECORDING_MISSING',
    ]);
    const silent = { result: 'no answer', answers: RIGHT };
    expect(told(await post('service-1', `/${no}/attempts/1/result`, silent))).toEqual([
      422,
      'answers ANSWERS_WITHOUT_TALK',
    ]);
    expect(told(await post('service-1', `/${no}/attempts/2/result`, talk()))).toEqual([404, 'NOT_FOUND']);
    const other = await asked();
    await post('service-1', `/${other}/attempts`);
    const recording = recorded();
    await post('service-1', `/${other}/attempts/1/result`, talk(RIGHT, { recording }));
    expect(told(await post('service-1', `/${no}/attempts/1/result`, talk(RIGHT, { recording })))).toEqual([
      409,
      'recording.reference RECORDING_KNOWN',
    ]);
    const { body } = await api.call('GET', `${CALLBACKS}/${no}`, { as: 'audit-1' });
    expect(body).toMatchObject({ state: 'open', attempts: [{ nth: 1, result: null }] });
  });

  it.each<[why: string, wall: string, refused: unknown]>([
    ['a minute before the hours', '2025-06-24T08:59', [409, 'OUTSIDE_HOURS']],
    ['the first minute', '2025-06-24T09:00', [201]],
    ['the last minute', '2025-06-24T19:59', [201]],
    ['the end of the hours', '2025-06-24T20:00', [409, 'OUTSIDE_HOURS']],
    ['a minute after them', '2025-06-24T20:01', [409, 'OUTSIDE_HOURS']],
    ['an ordinary Sunday', '2025-06-29T10:00', [201]],
    ['a public holiday, too early', '2025-10-01T08:00', [409, 'PUBLIC_HOLIDAY', 'OUTSIDE_HOURS']],
  ])('%s', async (_why, wall, refused) => {
    const no = await asked();
    await clockTo(wall);
    expect(told(await post('service-1', `/${no}/attempts`))).toEqual(refused);
  });
});

it('is seen as it was at an instant, by the days and hours that held then', async () => {
  const read = async (no: string, query = '') =>
    (await api.call('GET', `${CALLBACKS}/${no}${query}`, { as: 'audit-1' })).body as Record<string, unknown>;
  const no = await asked();
  const seen: [at: string, was: unknown][] = [];
  const look = async (wall: string) => {
    seen.push([`${wall}:00%2B08:00`, await read(no)]);
  };
  await look('2025-06-23T10:00');
  await clockTo('2025-06-23T10:01');
  await post('service-1', `/${no}/attempts`);
  await look('2025-06-23T10:01');
  await clockTo('2025-06-23T10:02');
  await post('service-1', `/${no}/attempts/1/result`, { result: 'no answer' });
  await look('2025-06-23T10:02');
  await clockTo('2025-06-24T10:03');
  await post('service-1', `/${no}/attempts`);
  await clockTo('2025-06-24T10:04');
  await post('service-1', `/${no}/attempts/2/result`, talk());
  await look('2025-06-24T10:04');
  expect(new Set(seen.map(([, was]) => JSON.stringify(was))).size).toBe(4);
  expect(seen[3]?.[1]).toMatchObject({ state: 'ended', outcome: 'confirmed' });
  for (const [at, was] of seen) expect([at, await read(no, `?as-of=${at}`)]).toEqual([at, was]);
  expect(await read(no, '?as-of=2025-06-23T09:59:59%2B08:00')).toMatchObject({ code: 'NOT_FOUND' });
});

it('is reported by purpose and branch: attempts, talks and outcomes as plain SQL over the rows counts them', async () => {
  // One refuses to talk, one is wrongly called, one was called and is late.
  const [refused, wrong, late] = [await asked(), await asked(), await asked()];
  for (const [no, result] of [
    [refused, { result: 'refused', recording: recorded() }],
    [wrong, { result: 'wrong number' }],
    [late, talk({ ...RIGHT, promised: 'yes' })],
  ] as const) {
    await post('service-1', `/${no}/attempts`);
    await post('service-1', `/${no}/attempts/1/result`, result);
  }
  await inTransaction(api.pool, (sql) =>
    givePromise(sql, {
      ...{
        businessKey: `callback:${late}`,
        workflowId: `callback:sample:${late}`,
        process: 'callback',
        step: 'call back',
      },
      ...{ subject: late, owner: { role: 'service' }, ladder: 'CALLBACK', limit: { kind: 'BUSINESS_DAYS', n: 1 } },
      receivedAt: '2025-06-19T01:00:00.000Z',
    }),
  );
  const { body } = await api.call('GET', '/v1/callback-report?from=2025-06-01&to=2025-06-30', { as: 'audit-1' });
  const { rows } = await api.pool.query(
    `with calls as (select callback_no, count(*) as n, sum((result = 'reached')::int) as talks
                      from callback_attempts left join callback_results using (attempt_id) group by 1)
     select purpose, branch, count(*)::int as asked, sum((ended_at is null)::int)::int as open, sum(coalesce(n, 0))::int as attempts,
            sum(coalesce(talks, 0))::int as reached, sum(coalesce((outcome = 'confirmed')::int, 0))::int as confirmed,
            sum(coalesce((outcome = 'doubtful')::int, 0))::int as doubtful, sum(coalesce((outcome = 'refused')::int, 0))::int as refused,
            sum(coalesce((outcome = 'unreachable')::int, 0))::int as unreachable,
            sum(coalesce((outcome = 'withdrawn')::int, 0))::int as withdrawn,
            sum((callback_no = $1)::int)::int as late
       from callbacks join registered_clients using (client_no) left join calls using (callback_no)
      where asked_at >= '2025-06-01T00:00+08' and asked_at < '2025-07-01T00:00+08' group by 1, 2 order by 1, 2`,
    [late],
  );
  const { rows: all } = await api.pool.query(
    `select null as purpose, null as branch, count(*)::int as asked, sum((ended_at is null)::int)::int as open,
            (select count(*)::int from callback_attempts) as attempts,
            (select count(*)::int from callback_results where result = 'reached') as reached,
            ${['confirmed', 'doubtful', 'refused', 'unreachable', 'withdrawn'].map((end) => `sum(coalesce((outcome = '${end}')::int, 0))::int as ${end}`).join(', ')},
            1 as late from callbacks`,
  );
  const counts = body.lines.map(({ reachedRate: _, cases: __, name: ___, ...line }: Record<string, unknown>) => line);
  expect(counts).toEqual([...rows, ...all]);
  for (const { asked: sum, open, confirmed, doubtful, refused: no, unreachable, withdrawn } of counts)
    expect(open + confirmed + doubtful + no + unreachable + withdrawn).toBe(sum);
  const opened: unknown[] = [];
  for (const { cases, ...counted } of body.lines)
    for (const [of, list] of Object.entries(cases as Record<string, string>)) {
      const { body: found } = await api.call('GET', `${list}&limit=200`, { as: 'audit-1' });
      const sum = found.items.reduce((all: number, item: Record<string, number>) => all + (item[of] ?? Number.NaN), 0);
      opened.push([of, (of === 'attempts' || of === 'reached' ? sum : found.items.length) === counted[of]]);
      // Each of them had a call, or a talk.
      expect(found.items.filter((item: Record<string, number>) => item[of] === 0)).toEqual([]);
    }
  expect(opened).toEqual(
    body.lines.flatMap(() =>
      [
        ...['asked', 'open', 'attempts', 'reached', 'late'],
        ...['confirmed', 'doubtful', 'refused', 'unreachable', 'withdrawn'],
      ].map((of) => [of, true]),
    ),
  );
  const none = await api.call(
    'GET',
    `${body.lines[0].cases.asked.replace(/asked(From|To)=2025-06/g, 'asked$1=2025-05')}`,
    {
      as: 'audit-1',
    },
  );
  expect(none.body.items).toEqual([]);
  expect(rows).toContainEqual(expect.objectContaining({ purpose: 'sample', refused: 1, doubtful: 1, late: 1 }));
  const file = (format: string) =>
    api.call('GET', `/v1/callback-report/${format}?from=2025-06-01&to=2025-06-30`, { as: 'audit-1' });
  const csv = String((await file('csv')).body);
  expect(csv).toContain(`callbacks,合计 all,asked,${all[0].asked}`);
  // What a line is about is the purpose and the branch together.
  expect(csv).toMatch(/callbacks,sample \d+,refused,1/);
  expect(csv).toMatch(/callbacks,sample \d+,name,抽样回访 callback of the periodic sample/);
  expect((await file('xlsx')).headers.get('content-type')).toContain('spreadsheetml');
  expect(String((await file('pdf')).body).slice(0, 5)).toBe('%PDF-');
});

describe('of a complaint', () => {
  const toCall = async (more: Partial<ReceivedComplaint> = {}) => {
    const { complaintNo } = await receiveComplaint(api.pool, {
      ...{ key: randomUUID(), channel: 'telephone', product: 'southbound', category: 'service', facts: '等候过久' },
      ...{ complainant: { clientNo: 'C00000008' }, by: 'service-1', role: 'service', ...more },
    });
    const { callbackNo } = await askComplaintCallback({ pool: api.pool })({ complaintNo, level: 1 });
    return { complaintNo, callbackNo };
  };
  it('is called by nobody who is kept out by then, also with an account of the house, nor past the verbs; compliance decides for the head', async () => {
    await api.pool.query(
      `insert into people (person, subject, department, natural_person) values ('complains', 'rehearsal|complains', 'client', 'service-1');
       insert into client_logins (person, client_no) values ('complains', 'C00000008')`,
    );
    const { complaintNo, callbackNo } = await toCall({ by: 'compliance-2', role: 'compliance' });
    const followed = () => readCallback({ pool: api.pool })({ callbackNo });
    expect(await followed()).toMatchObject({ isHeadKeptOut: false });
    for (const [person, cause] of [
      ['service-2', 'complained about'],
      ['service-3', 'recused'],
    ] as const)
      await recuse(api.pool, { complaintNo, key: randomUUID(), by: 'compliance-2', person, cause, reason: 'x' });
    expect(await followed()).toMatchObject({ isHeadKeptOut: true });
    for (const as of ['service-1', 'service-3'])
      expect(told(await post(as, `/${callbackNo}/attempts`))).toEqual([403, 'KEPT_OUT_OF_CASE']);
    const past = api.pool.query(
      `insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $2, 'service-3')`,
      [callbackNo, randomUUID()],
    );
    await expect(past).rejects.toMatchObject({ constraint: 'caller_is_nobody_concerned' });
    const { rows } = await api.pool.query(`select process_behind($1) as behind`, [
      `callback:complaint-answer:${callbackNo}`,
    ]);
    expect(rows).toEqual([{ behind: `complaint:${complaintNo}` }]);
  });

  it('leaves its recording with the complaint of whoever is no client, and the trace of who filed it', async () => {
    const { complaintNo, callbackNo } = await toCall({ complainant: { name: '张某', contact: '13800000001' } });
    const content = Buffer.from('RIFF\0\0\0\0WAVEfmt a talk');
    const sha256 = createHash('sha256').update(content).digest('hex');
    await api.pool.query(
      `with call as (insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $1, 'service-3') returning attempt_id)
       insert into callback_results (attempt_id, result, answers, recording, recording_sha256, recorded_by)
       select attempt_id, 'reached', '{"satisfied": "yes"}', 'REC-' || $1, $2, 'service-3' from call`,
      [callbackNo, sha256],
    );
    for (const once of ['filed', 'the same bytes again']) {
      const filed = await post('service-3', `/${callbackNo}/attempts/1/recording`, {
        content: content.toString('base64'),
      });
      expect([once, filed.status, filed.body]).toEqual([once, 201, { entryNo: null, sha256 }]);
    }
    const { rows } = await api.pool.query(
      `select actor, role, object_id as of, after ->> 'sha256' as sha256 from audit where action = 'file document' and object_type = 'complaint'`,
    );
    expect(rows).toEqual([{ actor: 'service-3', role: 'service', of: complaintNo, sha256 }]);
  });
});

describe('who does not call', () => {
  it('the account manager and whoever asked, also by another account, together with what the time says', async () => {
    const no = (await ask('service-1')).body.callbackNo as string;
    expect(told(await post('service-1', `/${no}/attempts`))).toEqual([403, 'CALLER_HAD_A_HAND']);
    await api.pool
      .query(`insert into people (person, subject, department, natural_person) values ('manager-1001', 'none|m', 'branch 1001', 'service-2')
       on conflict do nothing`);
    await clockTo('2025-06-24T20:00');
    expect(told(await post('service-2', `/${no}/attempts`))).toEqual([
      403,
      'CALLER_IS_ACCOUNT_MANAGER',
      'OUTSIDE_HOURS',
    ]);
  });

  it('nor by SQL: the database compares the human', async () => {
    const no = (await ask('service-1')).body.callbackNo as string;
    const insert = (person: string) =>
      api.pool.query(`insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $2, $3)`, [
        no,
        randomUUID(),
        person,
      ]);
    await expect(insert('service-1')).rejects.toMatchObject({ constraint: 'caller_is_nobody_concerned' });
    await expect(insert('manager-1001')).rejects.toMatchObject({ constraint: 'caller_is_nobody_concerned' });
    await expect(insert('compliance-1')).resolves.toMatchObject({ rowCount: 1 });
  });
});

it('lists by what is asked for, page by page, and refuses who must not read', async () => {
  const list = async (query: string) => (await api.call('GET', `${CALLBACKS}?${query}`, { as: 'ops-client-1' })).body;
  const ended = await list('state=ended&outcome=confirmed');
  expect(ended.items.length).toBeGreaterThan(0);
  expect(ended.items.every(({ outcome }: { outcome: string }) => outcome === 'confirmed')).toBe(true);
  const first = await list('limit=1');
  const second = await list(`limit=1&cursor=${String(first.next)}`);
  expect(second.items[0].callbackNo > first.items[0].callbackNo).toBe(true);
  expect((await api.call('GET', CALLBACKS, { as: 'branch-1001' })).status).toBe(403);
});

describe('an open permission', () => {
  const PERMISSION = { clientNo: 'C00000001', permission: 'HKSC', reason: 'asked for by the risk monitor' };
  const change = (as: string, path: string, body: object = {}) =>
    api.call('POST', `/v1/${path}`, { as, body: { ...PERMISSION, ...body } });
  const commission = (as: string, body: object = {}) =>
    change(as, 'commission-changes', { rate: '0.0002', effectiveOn: '2025-06-24', ...body });
  let suspension = '';

  beforeAll(async () => {
    await api.pool.query(
      `with asked as (
         insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                          requested_at, lapses_at, ended_at)
         select 'P20250601-000001', 'C00000001', t.permission, t.valid_from, 'opening', 'done', 'ended', '2025-06-02', 'x', '2025-06-01',
                '2025-07-01', '2025-06-02' from permission_types t where t.permission = 'HKSC'
         returning request_no, client_no, permission),
       opened as (insert into permissions (request_no, client_no, permission, opened_at)
                  select request_no, client_no, permission, '2025-06-02' from asked)
       insert into permission_commissions (client_no, permission, rate, valid_from, request_no, source)
       select client_no, permission, 0.00025, '2025-06-02', request_no, 'test' from asked`,
    );
  });

  it('is shown with its state and its rates, to the client the own only', async () => {
    const { body } = await api.call('GET', '/v1/permissions?client=C00000001', { as: 'ops-client-1' });
    expect(body.items).toMatchObject([
      {
        requestNo: 'P20250601-000001',
        state: 'open',
        suspendedBy: null,
        commissions: [{ rate: '0.00025000', until: null, requestNo: 'P20250601-000001' }],
      },
    ]);
    const seenBy = async (as: string) => (await api.call('GET', '/v1/permissions', { as })).body.items.length as number;
    expect([await seenBy('client-1'), await seenBy('client-2'), await seenBy('branch-1002')]).toEqual([1, 0, 0]);
  });

  it('is to be suspended: one request however often it is asked for, with its timeline, and hidden from the client until it is done', async () => {
    const first = await change('ops-client-1', 'permission-suspensions');
    expect([first.status, first.body]).toMatchObject([
      201,
      { kind: 'suspension', state: 'under way', step: 'approval', lapsesAt: null },
    ]);
    suspension = first.body.requestNo as string;
    const second = await change('ops-client-2', 'permission-suspensions');
    expect([second.status, second.body.requestNo]).toEqual([200, suspension]);
    const timeline = await api.call('GET', `/v1/permission-requests/${suspension}/timeline`, { as: 'compliance-1' });
    expect(timeline.body.items).toMatchObject([
      { act: 'ask for suspension', by: 'ops-client-1', detail: { reason: PERMISSION.reason, cause: 'by hand' } },
    ]);
    const list = (as: string) => api.call('GET', '/v1/permission-requests?kind=suspension', { as });
    expect([(await list('ops-client-1')).body.items.length, (await list('client-1')).body.items.length]).toEqual([
      1, 0,
    ]);
    expect((await api.call('GET', `/v1/permission-requests/${suspension}`, { as: 'client-1' })).status).toBe(404);
    const taken = { channel: 'mobile', reason: 'I want to buy' };
    const back = await api.call('POST', `/v1/permission-requests/${suspension}/withdrawal`, {
      as: 'client-1',
      body: taken,
    });
    expect(told(back)).toEqual([404, 'NOT_FOUND']);
    const funnel = await api.call('GET', '/v1/permission-funnel', { as: 'ops-client-1' });
    expect(funnel.body.groups).toMatchObject([{ kind: 'opening' }, { kind: 'suspension', step: 'approval', count: 1 }]);
  });

  it.each<[why: string, asked: () => Promise<Called>, refused: unknown]>([
    [
      'a client there is not',
      () => change('ops-client-1', 'permission-suspensions', { clientNo: 'C99999999' }),
      [404, 'clientNo NOT_FOUND'],
    ],
    [
      'a permission that is not open',
      () => change('ops-client-1', 'permission-suspensions', { permission: 'STAR' }),
      [409, 'permission PERMISSION_NOT_OPEN'],
    ],
    ['nothing is suspended', () => change('ops-client-1', 'permission-liftings'), [409, 'BUYING_NOT_SUSPENDED']],
    [
      'a commission from today on: its trades are frozen already',
      () => commission('branch-1001', { effectiveOn: '2025-06-23' }),
      [422, 'effectiveOn COMMISSION_TOO_EARLY'],
    ],
    [
      'all that is wrong with a commission at once',
      () => commission('branch-1002', { rate: '0.00025', effectiveOn: '2025-06-22' }),
      [403, 'WRONG_BRANCH', 'rate COMMISSION_UNCHANGED', 'effectiveOn COMMISSION_TOO_EARLY'],
    ],
    ['a rate of a hundred per cent', () => commission('branch-1001', { rate: '1.0' }), [400, 'rate INPUT_INVALID']],
  ])('%s: refused', async (_why, asked, refused) => {
    expect(told(await asked())).toEqual(refused);
  });

  it('is charged at another rate from tomorrow on, one change at a time', async () => {
    const asked = await commission('branch-1001');
    expect([asked.status, asked.body.kind, asked.body.state]).toEqual([201, 'commission change', 'under way']);
    expect(told(await commission('branch-1001', { rate: '0.0001' }))).toEqual([409, 'COMMISSION_CHANGE_PENDING']);
  });

  it('is closed: nobody is called about it any more, and a call that is being made, also since a moment ago, is recorded', async () => {
    const subject = 'P20250601-000001';
    const toCall = (businessKey: string) =>
      inTransaction(api.pool, (sql) =>
        askCallback(sql, {
          ...{ businessKey, purpose: 'permission-opening', subject, clientNo: 'C00000001', script: 'sample', days: 5 },
          ...{ hands: [], askedBy: 'southbound' },
        }),
      );
    const { callbackNo: waiting } = await toCall('waiting');
    const { callbackNo: inVain } = await toCall('in vain');
    const { callbackNo: talking } = await toCall('talking');
    await post('service-1', `/${inVain}/attempts`);
    await inTransaction(api.pool, async (sql) => {
      await sql.query('update permissions set closed_at = business_now() where request_no = $1', [subject]);
      const begun: string[] = [];
      const found = Object.assign(Object.create(sql) as PoolClient, {
        query: async (text: string, values: unknown[]) => {
          const rows = await sql.query(text, values);
          if (begun.push(text) === 1) await post('service-1', `/${talking}/attempts`);
          return rows;
        },
      });
      await withdrawCallbacks(found, subject, 'closed');
    });
    const result = (no: string, of: object) => post('service-1', `/${no}/attempts/1/result`, of);
    const recordedAs = [
      await result(inVain, { result: 'no answer' }),
      await result(talking, talk({ 'own-trades': 'yes', promised: 'yes' })),
    ];
    expect(recordedAs.map(({ status }) => status)).toEqual([200, 200]);
    const { rows } = await api.pool.query(
      'select business_key as of, state, outcome from callbacks where subject = $1 order by callback_no',
      [subject],
    );
    expect(rows).toEqual([
      { of: 'waiting', state: 'ended', outcome: 'withdrawn' },
      { of: 'in vain', state: 'ended', outcome: 'withdrawn' },
      { of: 'talking', state: 'ended', outcome: 'doubtful' },
    ]);
    expect(told(await post('service-1', `/${waiting}/attempts`))).toEqual([409, 'CALLBACK_ENDED']);
  });
});

describe('of a complaint', () => {
  let no: string;
  let callbackNo: string;
  let taskIds: readonly string[];
  beforeAll(async () => {
    ({ complaintNo: no } = await receiveComplaint(api.pool, {
      ...{ key: 'about the head', channel: 'telephone', product: 'southbound', category: 'service', facts: 'waited' },
      ...{ complainant: { clientNo: 'C00000004' }, against: 'service-2', by: 'service-1', role: 'service' },
    }));
    await registered(api.pool, no);
    ({ callbackNo } = await askComplaintCallback(api)({ complaintNo: no, level: 1 }));
    const { rows } = await api.pool.query<{ of: string }>(
      'select workflow_id as of from callbacks where callback_no = $1',
      [callbackNo],
    );
    const processes = [`complaint:${no}`, `head-office-complaint:${no}:reopened`, ...rows.map((row) => row.of)];
    taskIds = await Promise.all(
      processes.map((workflowId) =>
        openedTask(api.pool, { workflowId, role: 'service', facts: { proposed: '8000.00' } }),
      ),
    );
  });
  const CLIENT = 'C00000004';
  const linesFor = async (as: string, query = ''): Promise<Record<string, any>[]> =>
    (await api.call('GET', `${CALLBACKS}?subject=${no}${query}`, { as })).body.items;

  it('shows who complains and what was answered to whoever calls or handles it, each look audited, and to no others', async () => {
    expect(await linesFor('service-3')).toMatchObject([{ callbackNo, clientNo: null }]);
    expect(await linesFor('compliance-1', `&client=${CLIENT}`)).toEqual([]);
    await clockTo('2025-06-24T10:00');
    expect((await post('service-3', `/${callbackNo}/attempts`)).body.clientNo).toBe(CLIENT);
    const answer = {
      result: 'reached',
      answers: { satisfied: 'no' },
      doubt: '声称曾被拒绝受理',
      recording: recorded(),
    };
    expect((await post('service-3', `/${callbackNo}/attempts/1/result`, answer)).status).toBe(200);
    const read = async (as: string) => {
      const { body } = await api.call('GET', `${CALLBACKS}/${callbackNo}`, { as });
      return [body.clientNo, body.attempts[0].answers, body.attempts[0].doubt];
    };
    expect(await read('service-3')).toEqual([CLIENT, { satisfied: 'no' }, '声称曾被拒绝受理']);
    expect(await read('service-1')).toEqual([CLIENT, { satisfied: 'no' }, '声称曾被拒绝受理']); // Received it, and it is not registered yet.
    expect(await read('ops-client-1')).toEqual([null, {}, null]);
    expect(await linesFor('service-3', `&client=${CLIENT}`)).toMatchObject([{ clientNo: CLIENT }]);
    const { rows } = await api.pool.query(
      `select actor from audit where action = 'read personal data' and object_id = $1 order by seq`,
      [callbackNo],
    );
    expect(rows).toEqual([{ actor: 'service-3' }, { actor: 'service-1' }]);
  });

  it('is not there for whoever is kept out of it, nor is any task of it', async () => {
    const tasksFor = async (as: string, query: string) =>
      ((await api.call('GET', `/v1/tasks?${query}`, { as })).body.items as Record<string, any>[]).map(
        ({ taskId }) => taskId as string,
      );
    const own = `process=complaint:${no}`;
    expect([await tasksFor('service-1', own), await tasksFor('service-2', own)]).toEqual([[taskIds[0]], []]);
    const everything = await tasksFor('service-2', 'role=service&limit=200');
    expect(everything.filter((id) => taskIds.includes(id))).toEqual([]);
    const count = async (as: string) => (await api.call('GET', `/v1/task-counts?${own}`, { as })).body.count as number;
    expect([await count('service-1'), await count('service-2')]).toEqual([1, 0]);
    for (const id of taskIds)
      for (const path of [`/v1/tasks/${id}`, `/v1/tasks/${id}/events`])
        expect([path, told(await api.call('GET', path, { as: 'service-2' }))]).toEqual([path, [404, 'NOT_FOUND']]);
    expect((await api.call('GET', `/v1/tasks/${taskIds[0]}`, { as: 'service-1' })).status).toBe(200);
    const bulk = { asked: { action: 'claim' }, taskIds, count: taskIds.length };
    const asked = await api.call('POST', '/v1/task-bulks', { as: 'service-2', body: bulk, key: randomUUID() });
    expect(told(asked)).toEqual([404, 'NOT_FOUND']);
    expect(await linesFor('service-2')).toEqual([]);
    const counted = async (as: string) => {
      const { body } = await api.call('GET', '/v1/callback-report?from=2025-06-01&to=2025-06-30', { as });
      const { asked: number, cases } = body.lines.at(-1);
      const csv = String((await api.call('GET', '/v1/callback-report/csv?from=2025-06-01&to=2025-06-30', { as })).body);
      expect(csv).toContain(`callbacks,合计 all,asked,${number}`);
      return [number, (await api.call('GET', `${cases.asked}&limit=200`, { as })).body.items.length];
    };
    const { rows } = await api.pool.query<{ all: number; hidden: number }>(
      `select count(*)::int as all, count(*) filter (where is_kept_out(workflow_id, array['service-2']))::int as hidden from callbacks`,
    );
    const { all = 0, hidden = 0 } = rows[0] ?? {};
    expect(hidden).toBeGreaterThan(0);
    expect([await counted('audit-1'), await counted('service-2')]).toEqual([
      [all, all],
      [all - hidden, all - hidden],
    ]);
    expect(told(await api.call('GET', `${CALLBACKS}/${callbackNo}`, { as: 'service-2' }))).toEqual([404, 'NOT_FOUND']);
  });
});

it('tells those who read the report only which callbacks were made, and neither clients nor answers', async () => {
  const no = await asked();
  await post('service-1', `/${no}/attempts`);
  expect((await post('service-1', `/${no}/attempts/1/result`, talk(RIGHT, { doubt: '声称曾被拒绝受理' }))).status).toBe(
    200,
  );
  const seen = async (as: string) => {
    const line = (await api.call('GET', `${CALLBACKS}?limit=200`, { as })).body.items.find(
      ({ callbackNo }: Record<string, unknown>) => callbackNo === no,
    );
    const ofClient = (await api.call('GET', `${CALLBACKS}?client=C00000001&limit=200`, { as })).body.items.length > 0;
    const { clientNo, attempts } = (await api.call('GET', `${CALLBACKS}/${no}`, { as })).body;
    const [{ answers, doubt, recording }] = attempts;
    return [line.reached, line.clientNo, ofClient, clientNo, answers, doubt, recording === null];
  };
  for (const as of ['brokerage-1', 'general-manager'])
    expect([as, ...(await seen(as))]).toEqual([as, 1, null, false, null, {}, null, true]);
  expect(await seen('supervisor-1')).toEqual([1, 'C00000001', true, 'C00000001', RIGHT, '声称曾被拒绝受理', false]);
});

it.each([
  ['callbacks', 'brokerage-1', [null, null, null]],
  ['campaign', 'brokerage-1', [null, null, null]],
  ['campaign', 'general-manager', [null, null, null]],
  ['requests', 'brokerage-1', ['C1', 'C2', 'C3']],
  ['callbacks', 'supervisor-1', ['C1', 'C2', 'C3']],
  ['campaign', 'service-1', ['C1', 'C2', 'C3']],
])(
  'of a sample of %s %s is told the members %j, and of each whether it was drawn, page by page',
  async (kind, as, told) => {
    const no = `${kind}:told`;
    await api.pool.query(
      `with sample as (insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
                     values ($1, $2, 'told', 'sample:' || $1, 's', 'compliance-1', 'compliance') on conflict do nothing returning sample_no)
     insert into sample_members select sample_no, member, 'B' || member, member = 'C3' from sample, unnest(array['C1', 'C2', 'C3']) member`,
      [no, kind],
    );
    const first = (await api.call('GET', `/v1/samples/${no}/members?limit=2`, { as })).body;
    const second = (await api.call('GET', `/v1/samples/${no}/members?limit=2&cursor=${first.next}`, { as })).body;
    const members = [...first.items, ...second.items] as { member: string | null; branch: string; isDrawn: boolean }[];
    expect(members).toEqual(told.map((member, place) => ({ member, branch: `BC${place + 1}`, isDrawn: place === 2 })));
    expect(second.next).toBeNull();
    expect(
      Buffer.from(first.next as string, 'base64url')
        .toString()
        .includes('C2'),
    ).toBe(told[0] !== null);
    expect((await api.call('GET', `/v1/samples/${no}/members?drawn=true`, { as })).body.items).toHaveLength(1);
  },
);

it('has the script of the day on which it was asked for, whatever comes later; what that does not ask is not answered', async () => {
  const before = await asked();
  await asOwner(
    api.stage.book.ownerUrl,
    `update callback_scripts set valid_to = '2025-06-24' where script = 'sample';
     insert into callback_scripts (script, version, title_zh, title_en, valid_from, source)
     select script, 2, title_zh, title_en, valid_to, source from callback_scripts where script = 'sample';
     insert into callback_questions select script, 2, place, question, question_zh, question_en, answer, answer_zh, answer_en, follow_up
       from callback_questions where script = 'sample' and question = 'own-trades'`,
  );
  await clockTo('2025-06-24T10:00');
  const after = await asked();
  const scriptOf = async (no: string) => {
    const { version, questions } = (await api.call('GET', `${CALLBACKS}/${no}`, { as: 'audit-1' })).body.script;
    return [version, questions.map(({ question }: { question: string }) => question)];
  };
  expect([await scriptOf(before), await scriptOf(after)]).toEqual([
    [1, ['own-trades', 'promised']],
    [2, ['own-trades']],
  ]);
  const answered = async (no: string) => {
    await post('service-1', `/${no}/attempts`);
    return told(await post('service-1', `/${no}/attempts/1/result`, talk()));
  };
  expect([await answered(before), await answered(after)]).toEqual([
    [200],
    [422, 'answers.promised CALLBACK_QUESTION_UNKNOWN'],
  ]);
});
