/** Permissions over HTTP: a client goes through the steps, staff see where requests stand, nobody sees what is not his. */
import { createHash, randomUUID } from 'node:crypto';
import { loadReference } from '../../activities/books/load-reference';
import { clientOf } from '../activities/permissions/stage';
import { seedClients } from '../../activities/clients/seed-clients';
import { openApiStage, type ApiStage, type Call } from './stage';

let api: ApiStage;
let requestNo: string;
beforeAll(async () => {
  api = await openApiStage('permissions_api', { worker: false });
  await loadReference(api.pool);
  await seedClients(api.pool, 100);
});
afterAll(() => api.close());

const REQUESTS = '/v1/permission-requests';
const ask = (as: string, body: object = {}, more: Call = {}) =>
  api.call('POST', REQUESTS, { as, body: { permission: 'HKSC', channel: 'mobile', ...body }, ...more });
const step = (name: string, body: object = {}, as = 'client-1') =>
  api.call('POST', `${REQUESTS}/${requestNo}/${name}`, { as, body: { channel: 'mobile', ...body } });
const read = (as: string, where = `/${requestNo}`) => api.call('GET', `${REQUESTS}${where}`, { as });
const clockTo = (instant: string) => api.pool.query('update business_clock set now = $1', [instant]);
/** Every refusal of an answer as `field CODE`, in the order of the alphabet. */
const faultsOf = ({ body }: { body: any }): string[] =>
  body.errors.map(({ code, field }: { code: string; field: string | null }) => `${field} ${code}`).sort();
const sqlOne = async (query: string, values: unknown[]) =>
  (await api.pool.query(query, values)).rows[0] as Record<string, any>;

describe('one client, from the request to the second check', () => {
  it('is asked for once: twice at once gives the same, and the same key the same answer', async () => {
    const key = randomUUID();
    const [one, other] = await Promise.all([ask('client-1', {}, { key }), ask('client-1')]);
    expect([one.status, other.status].sort()).toEqual([200, 201]);
    requestNo = one.body.requestNo;
    expect(other.body.requestNo).toBe(requestNo);
    expect((await ask('client-1', {}, { key })).body).toEqual(one.body);
    expect(one.headers.get('location')).toBe(`${REQUESTS}/${requestNo}`);
    expect(one.body).toMatchObject({
      clientNo: 'C00000001',
      state: 'under way',
      step: 'identity',
      lapsesAt: '2025-07-23T00:05:00.000Z', // 30 days after Monday 08:05
      failures: [],
    });
  });

  it('says why a code was refused, and takes the right one', async () => {
    expect((await step('one-time-codes')).status).toBe(200);
    const { code } = await sqlOne(
      `select facts ->> 'code' as code from outbox where template = 'ONE_TIME_CODE' and message_key like $1`,
      [`one-time-code:${requestNo}:%`],
    );
    // Whoever could read it could be the client.
    const { id } = await sqlOne(`select message_id::text as id from outbox where message_key like $1`, [
      `one-time-code:${requestNo}:%`,
    ]);
    const shown = await api.call('POST', `/v1/messages/${id}/content`, {
      ...{ as: 'branch-1001', body: { reason: 'the client asks' } },
    });
    expect([shown.status, shown.body.text.zh.includes('******')]).toEqual([200, true]);
    expect(JSON.stringify(shown.body)).not.toContain(code);
    const wrong = code === '000000' ? '111111' : '000000';
    const refused = await step('one-time-code-entries', { code: wrong });
    expect([refused.status, refused.body.errors[0]]).toMatchObject([422, { code: 'CODE_WRONG', field: 'code' }]);
    expect((await read('client-1')).body.failures).toMatchObject([
      { code: 'CODE_WRONG', sentence: { en: expect.stringContaining('4 more') } },
    ]);
    expect((await step('one-time-code-entries', { code })).body).toEqual({ step: 'eligibility' });
  });

  it('goes on through conditions, listening, test and agreements', async () => {
    expect((await step('eligibility-checks')).body).toMatchObject({ step: 'disclosure', failures: [] });
    const { body: then } = await read('client-1');
    await clockTo('2025-06-23T00:13:00.000Z');
    const played = (toSecond: number, endedAt: string) => ({
      stretches: [{ fromSecond: 0, toSecond, startedAt: '2025-06-23T08:05:00+08:00', endedAt }],
    });
    const forged = await step('listening-reports', played(481, '2025-06-23T08:14:00+08:00'));
    expect(forged.status).toBe(422);
    expect(forged.body.errors.map(({ code, field }: { code: string; field: string }) => `${field} ${code}`)).toEqual([
      'stretches.0 STRETCH_OUTSIDE_RECORDING',
      'stretches.0 STRETCH_IN_THE_FUTURE',
    ]);
    expect((await step('listening-reports', played(480, '2025-06-23T08:13:00+08:00'))).body).toMatchObject({
      isHeardWhole: true,
    });

    const { body: attempt } = await step('test-attempts');
    // Which option is right is not told.
    expect(Object.keys(attempt.questions[0]).sort()).toEqual(['en', 'options', 'questionNo', 'zh']);
    const { rows } = await api.pool.query<{ no: number; right: string }>(
      `select question_no as no, right_option as right from test_questions where bank = 'HKSC' and question_no = any($1)`,
      [attempt.questions.map(({ questionNo }: { questionNo: number }) => questionNo)],
    );
    const answers = Object.fromEntries(rows.map(({ no, right }) => [no, right]));
    const ofAttempt = (given: object) => step(`test-attempts/${attempt.attemptId}/answers`, { answers: given });
    const [one = '', other = ''] = Object.keys(answers);
    // 101 is in no bank of a hundred; of what is refused nothing is judged, and the attempt stays open.
    const faulty = await ofAttempt({ ...answers, [one]: 'E', [other]: undefined, 101: 'A' });
    expect([faulty.status, faultsOf(faulty)]).toEqual([
      422,
      [
        `answers.${one} TEST_ANSWER_NOT_OFFERED`,
        `answers.${other} TEST_ANSWER_MISSING`,
        'answers.101 QUESTION_NOT_ASKED',
      ].sort(),
    ]);
    const answered = await ofAttempt(answers);
    expect(answered.body).toEqual({ isPassed: true, right: 10, of: 10, nextFrom: null });

    const { body: texts } = await step('agreement-showings');
    expect(texts.items).toHaveLength(3);
    for (const { text, sha256 } of texts.items) {
      expect(createHash('sha256').update(`${text.zh}\n${text.en}`).digest('hex')).toBe(sha256);
    }
    const signatures = texts.items.map(({ agreement, version, sha256 }: Record<string, string>) => ({
      agreement,
      version,
      sha256,
    }));
    expect((await step('signatures', { signatures: signatures.slice(1) })).body.code).toBe('AGREEMENT_NOT_SIGNED');
    const [first, ...others] = signatures;
    const old = await step('signatures', { signatures: [{ ...first, version: '0' }, ...others] });
    expect([old.status, faultsOf(old)]).toEqual([409, ['signatures.0 AGREEMENT_REVISED']]);
    const unread = await step('signatures', { signatures: [{ ...first, sha256: '0'.repeat(64) }, ...others.slice(1)] });
    expect(faultsOf(unread)).toEqual(['signatures AGREEMENT_NOT_SIGNED', 'signatures.0 AGREEMENT_DIGEST_DIFFERS']);
    expect(
      await sqlOne('select count(*)::int as n from agreement_signatures where request_no = $1', [requestNo]),
    ).toEqual({ n: 0 });
    expect((await step('signatures', { signatures })).body).toEqual({ step: 'second check' });
    // As it was at 08:05, and before it was asked for.
    expect((await read('client-1', `/${requestNo}?as-of=2025-06-23T00:05:00Z`)).body).toEqual(then);
    expect(then.step).toBe('disclosure');
    expect((await read('client-1', `/${requestNo}?as-of=2025-06-23T00:04:59Z`)).status).toBe(404);
  });

  it('leaves a timeline: who, through which channel, when, with what result', async () => {
    expect((await read('branch-1002', `/${requestNo}`)).status).toBe(404);
    // Told as not there, and kept as the attempt that it was.
    expect(
      await sqlOne(
        `select outcome, reason from audit where actor = 'branch-1002' and action = 'readPermissionRequest' and object_id = $1`,
        [requestNo],
      ),
    ).toEqual({ outcome: 'refused', reason: 'NOT_FOUND' });
    const { body } = await read('branch-1001', `/${requestNo}/timeline`);
    expect(body.items.map(({ act, outcome }: Record<string, string>) => `${act}: ${outcome}`)).toEqual([
      'ask for permission: done',
      'send code: done',
      'enter code: failed',
      'enter code: done',
      'judge eligibility: done',
      'report listening: done',
      'begin attempt: done',
      'answer attempt: done',
      'show agreements: done',
      'sign agreements: done',
    ]);
    expect(body.items[2]).toMatchObject({
      by: 'client-1',
      channel: 'mobile',
      codes: ['CODE_WRONG'],
      at: '2025-06-23T00:05:00.000Z',
    });
  });

  it('is withdrawn, and may be asked for again', async () => {
    const withdrawn = await step('withdrawal', { reason: 'another time' });
    expect(withdrawn.body).toMatchObject({ state: 'withdrawn', step: 'ended', lapsesAt: null });
    expect((await step('withdrawal', { reason: 'another time' })).body.code).toBe('REQUEST_ENDED');
    const again = await ask('client-1');
    expect([again.status, again.body.requestNo === requestNo]).toEqual([201, false]);
  });
});

describe('who sees what', () => {
  let poor: string;
  beforeAll(async () => {
    ({
      body: { requestNo: poor },
    } = await ask('client-2'));
    await api.pool.query(
      `update permission_requests set step = 'eligibility', step_since = step_since - interval '3 days' where request_no = $1`,
      [poor],
    );
    await api.call('POST', `${REQUESTS}/${poor}/eligibility-checks`, { as: 'client-2', body: { channel: 'web' } });
  });

  it('the client reads what was found and how to cure it; staff the cure only', async () => {
    const own = (await read('client-2', `/${poor}`)).body.failures[0];
    expect(own).toMatchObject({ code: 'ASSETS_BELOW_MINIMUM', found: { en: expect.stringContaining('499999.99') } });
    const staff = (await read('ops-client-1', `/${poor}`)).body.failures[0];
    expect(staff).toMatchObject({ code: 'ASSETS_BELOW_MINIMUM', found: null, required: null, cure: own.cure });
  });

  it('the request of another client, and of another branch, is not there', async () => {
    expect((await read('client-1', `/${poor}`)).status).toBe(404);
    expect(
      (await api.call('POST', `${REQUESTS}/${poor}/one-time-codes`, { as: 'client-1', body: { channel: 'web' } }))
        .status,
    ).toBe(404);
    // Client C00000002 is of branch 1002.
    expect((await read('branch-1001', `/${poor}`)).status).toBe(404);
    expect((await read('branch-1002', `/${poor}`)).status).toBe(200);
    expect(
      (await read('client-1', '')).body.items.every(({ clientNo }: { clientNo: string }) => clientNo === 'C00000001'),
    ).toBe(true);
  });

  it.each([
    ['step=eligibility', 1],
    ['stuckDays=3&state=under%20way', 1],
    ['stuckDays=4', 0],
    ['branch=1002', 1],
    ['client=C00000001', 2],
    ['client=C00000001&state=withdrawn', 1],
    ['permission=STAR', 0],
  ])('the list by %s', async (filter, found) => {
    expect((await read('ops-client-1', `?${filter}`)).body.items).toHaveLength(found);
  });

  it('goes on from page to page', async () => {
    const first = (await read('ops-client-1', '?limit=2')).body;
    const second = (await read('ops-client-1', `?limit=2&cursor=${first.next}`)).body;
    expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null]);
  });

  it('the funnel tells how many stand where, and since when', async () => {
    const { body } = await api.call('GET', '/v1/permission-funnel', { as: 'ops-client-1' });
    expect(body.groups).toMatchObject([
      { permission: 'HKSC', state: 'under way', step: 'eligibility', count: 1, since: '2025-06-20T00:13:00.000Z' },
      { permission: 'HKSC', state: 'under way', step: 'identity', count: 1 },
      { permission: 'HKSC', state: 'withdrawn', step: 'ended', count: 1 },
    ]);
    expect((await api.call('GET', '/v1/permission-funnel', { as: 'branch-1001' })).body.groups).toHaveLength(2);
  });

  it('a login that is bound to no client can do nothing', async () => {
    await api.pool.query(
      `insert into people (person, subject, department) values ('client-9', 'rehearsal|client-9', 'client')`,
    );
    await api.pool.query(
      `insert into grants (person, role, valid_from, requested_by, granted_by, approved_by) values ('client-9', 'client', '2014-11-17', 'a', 'b', 'c')`,
    );
    expect((await ask('client-9')).body.code).toBe('NOT_YOUR_CLIENT');
    expect((await read('client-9', '')).body.items).toEqual([]);
  });
});

describe('a stale questionnaire', () => {
  const clientNo = clientOf('risk result expired yesterday');
  const client = (method: 'GET' | 'POST', where: string, body?: object) =>
    api.call(method, where, { as: 'client-8', ...(body === undefined ? {} : { body }) });
  let stale: string;
  beforeAll(async () => {
    await api.pool.query(
      `insert into people (person, subject, department) values ('client-8', 'rehearsal|client-8', 'client')`,
    );
    await api.pool.query(
      `insert into grants (person, role, valid_from, requested_by, granted_by, approved_by) values ('client-8', 'client', '2014-11-17', 'a', 'b', 'c')`,
    );
    await api.pool.query('insert into client_logins (person, client_no) values ($1, $2)', ['client-8', clientNo]);
    stale = (await ask('client-8')).body.requestNo;
    await api.pool.query(`update permission_requests set step = 'eligibility' where request_no = $1`, [stale]);
    await client('POST', `${REQUESTS}/${stale}/eligibility-checks`, { channel: 'web' });
  });

  it('is told with its cure', async () => {
    expect((await client('GET', `${REQUESTS}/${stale}`)).body.failures).toMatchObject([
      { code: 'RISK_RESULT_EXPIRED', cure: { en: expect.stringContaining('answer the questionnaire again') } },
    ]);
  });

  it('is answered anew: faults are told at once, and the process hears of the result', async () => {
    const { version, questions } = (await client('GET', '/v1/questionnaire')).body;
    const answers = Object.fromEntries(
      questions.map(({ question, options }: { question: string; options: string[] }) => [question, options[0]]),
    );
    const faulty = await client('POST', '/v1/questionnaire-answers', {
      version,
      answers: { ...answers, q1: 'Z', q2: '' },
    });
    expect(faulty.body.errors.map(({ field, code }: Record<string, string>) => `${field} ${code}`)).toEqual([
      'answers.q2 ANSWER_MISSING',
      'answers.q1 ANSWER_NOT_OFFERED',
    ]);
    expect((await client('POST', '/v1/questionnaire-answers', { version: 'older', answers })).body.code).toBe(
      'QUESTIONNAIRE_REVISED',
    );
    const given = await client('POST', '/v1/questionnaire-answers', { version, answers });
    expect([given.status, given.body]).toMatchObject([
      200,
      { level: 'RATHER_CONSERVATIVE', validThrough: '2027-06-23' },
    ]);
    const signal = await sqlOne(
      `select payload ->> 'signal' as signal from outbox where kind = 'signal' and workflow_id = $1 order by message_id desc limit 1`,
      [`permission-opening:HKSC:${stale}`],
    );
    expect(signal).toEqual({ signal: 'riskResultGiven' });
  });
});

describe('at the counter of a branch', () => {
  // Client C00000049 is regular and of branch 1001; its trades settle under an account of the books.
  const clientNo = 'C00000049';
  const pdf = Buffer.from('%PDF-1.7 a scan').toString('base64');
  const counter = (where: string, body: object, as = 'branch-1001', more: Call = {}) =>
    api.call('POST', where, { as, body, ...more });
  const codesOf = ({ body }: { body: any }) =>
    body.errors.map(({ code, field }: { code: string; field: string | null }) => [field, code].join(' ').trim());
  const closing = { clientNo, permission: 'HKSC', waits: false };

  beforeAll(async () => {
    await clockTo('2025-06-23T06:00:00.000Z');
    await api.pool.query(
      `insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id, requested_at,
                                        lapses_at, ended_at)
       values ('P20250620-000001', $1, 'HKSC', '2014-11-17', 'opening', 'done', 'ended', now(), 'x', now(), now(), now())`,
      [clientNo],
    );
    await api.pool.query(`insert into permissions values ('P20250620-000001', $1, 'HKSC', '2025-06-20T01:00:00Z')`, [
      clientNo,
    ]);
    await api.pool.query(
      `insert into clients values ('6000000049', 'A900000049', '1001', '21000', 'client', 'natural', 0.0003, 500)`,
    );
    await api.pool.query(`insert into client_fund_accounts values ('6000000049', $1)`, [clientNo]);
    await api.pool.query(`select open_business_date('2025-06-23')`);
    const { file } = await sqlOne(
      `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-06-23', 'counter_trades', 1, 'counter_trades', 'x', repeat('a', 64), 1, business_now()) returning file_id as file`,
      [],
    );
    await api.pool.query(
      `insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'test')`,
      [file],
    );
    await api.pool.query(
      `insert into counter_trades values ('2025-06-23', $1, 1, 'SH', '6000000049', 'A900000049', '08003', 'S', 100, 423500, 'Q1', 'T1', '093006', 0)`,
      [file],
    );
  });

  it('a closing with a trade today is refused by name, all at once, with the first date of each; nothing is entered', async () => {
    const refused = await counter('/v1/permission-closings', closing);
    expect([refused.status, codesOf(refused)]).toEqual([
      409,
      ['TRADED_TODAY', 'TRADE_NOT_DELIVERED', 'SALE_MONEY_NOT_SETTLED'],
    ]);
    // Sold on Monday: the next trading day is Tuesday, settlement is on Wednesday.
    expect(refused.body.errors.map(({ sentence }: any) => /\d{4}-\d{2}-\d{2}/.exec(sentence.en)?.[0])).toEqual([
      '2025-06-24',
      '2025-06-25',
      '2025-06-25',
    ]);
    const entered = `select count(*)::int as n from permission_requests where kind = 'closing'`;
    expect(await sqlOne(entered, [])).toEqual({ n: 0 });
  });

  it('two that ask to wait at once get one request; another branch does not find the client', async () => {
    const waiting = { ...closing, waits: true };
    const [one, other] = await Promise.all([
      counter('/v1/permission-closings', waiting),
      counter('/v1/permission-closings', waiting, 'branch-1001-head'),
    ]);
    expect([one.status, other.status].sort()).toEqual([200, 201]);
    expect(one.body.requestNo).toBe(other.body.requestNo);
    expect(one.body).toMatchObject({ kind: 'closing', state: 'under way', step: 'documents', branch: '1001' });
    // Twenty trading days after Monday 23 June, when the desk closes; 1 July is a holiday in Hong Kong.
    expect(one.body.lapsesAt).toBe('2025-07-22T09:30:00.000Z');
    expect((await counter('/v1/permission-closings', waiting, 'branch-1002')).body.code).toBe('NOT_FOUND');
    const never = { ...waiting, permission: 'STAR' };
    expect((await counter('/v1/permission-closings', never)).body.code).toBe('PERMISSION_NOT_OPEN');
  });

  it('a document is refused with all that is wrong with it: not asked for, of another type than it says, too large', async () => {
    const { items } = (await read('branch-1001', '?kind=closing')).body;
    const { requestNo: no } = items[0];
    const enterer = (
      await sqlOne(`select by from permission_steps where request_no = $1 order by step_id limit 1`, [no])
    ).by;
    const documents = `${REQUESTS}/${no}/documents`;
    const scan = { kind: 'closing request', paperNo: 'A-1', mediaType: 'application/pdf', content: pdf };
    const other = { ...scan, kind: 'holiday picture', mediaType: 'image/png' };
    expect(codesOf(await counter(documents, other, enterer))).toEqual([
      'kind DOCUMENT_NOT_ASKED',
      'mediaType DOCUMENT_OF_OTHER_TYPE',
    ]);
    const large = Buffer.alloc(5_000_001, '%PDF-1.7 ').toString('base64');
    const oversized = await counter(documents, { ...scan, content: large }, enterer);
    expect([oversized.status, codesOf(oversized)]).toEqual([413, ['content DOCUMENT_TOO_LARGE']]);
    const exact = Buffer.alloc(5_000_000, '%PDF-1.7 ').toString('base64');
    const filed = await counter(documents, { ...scan, content: exact }, enterer);
    expect(filed.status).toBe(201);
    expect((await api.call('GET', filed.headers.get('location') ?? '', { as: enterer })).status).toBe(200);
    expect(codesOf(await counter(documents, { ...scan, content: '' }, enterer))).toEqual(['content DOCUMENT_EMPTY']);
    expect((await counter(documents, { ...scan, content: 'no base64!' }, enterer)).status).toBe(400);
    const somebody = enterer === 'branch-1001' ? 'branch-1001-head' : 'branch-1001';
    expect((await counter(documents, scan, somebody)).body.code).toBe('ONLY_ENTERER_FILES');
    expect((await counter(documents, scan, 'branch-1002')).body.code).toBe('NOT_FOUND');
    // Of what was refused nothing is in the file.
    expect(
      await sqlOne('select count(*)::int as n from archive_entries where workflow_id like $1', [`%${no}`]),
    ).toEqual({ n: 1 });
    const own = await counter(`${REQUESTS}/${requestNo}/documents`, scan);
    expect(own.body.code).toBe('NOT_AT_THE_COUNTER');

    // The risk post of the branch looks at what was filed, as it was filed; each look is audited with its reason.
    const [line] = (await api.call('GET', documents, { as: 'branch-risk-1001' })).body.items;
    const risk = (entryNo: number, reason?: string) =>
      api.call('POST', `${documents}/${entryNo}`, { as: 'branch-risk-1001', body: { reason } });
    expect(line).toMatchObject({
      kind: 'closing request',
      paperNo: 'A-1',
      byteCount: '5000000',
      review: null,
      handOver: null,
    });
    expect((await risk(line.entryNo)).status).toBe(400);
    const shown = await risk(line.entryNo, 'review of the documents');
    expect(createHash('sha256').update(Buffer.from(shown.body.content, 'base64')).digest('hex')).toBe(line.sha256);
    expect((await risk(line.entryNo + 1, 'review of the documents')).status).toBe(404);
    expect(
      await sqlOne(
        `select reason, after ->> 'entryNo' as entry from audit where actor = 'branch-risk-1001' and action = 'read personal data'`,
        [],
      ),
    ).toEqual({ reason: 'review of the documents', entry: String(line.entryNo) });
    // Nothing is named as unreadable while nobody was asked to look at it.
    const early = await counter(
      `${REQUESTS}/${no}/scan-returns`,
      { entryNo: line.entryNo, reason: 'cannot be read' },
      'branch-risk-1001',
    );
    expect(early.body).toMatchObject({ code: 'STEP_NOT_OPEN', sentence: { zh: expect.stringContaining('提交材料') } });
  });

  it('is withdrawn at the counter, and may be asked for again', async () => {
    const { items } = (await read('branch-1001', '?kind=closing')).body;
    const withdrawal = `${REQUESTS}/${items[0].requestNo}/counter-withdrawal`;
    const withdrawn = await counter(withdrawal, { reason: 'the client stays' });
    expect(withdrawn.body).toMatchObject({ state: 'withdrawn', step: 'ended' });
    expect((await counter(withdrawal, { reason: 'the client stays' })).body.code).toBe('REQUEST_ENDED');
    expect((await counter('/v1/permission-closings', { ...closing, waits: true })).status).toBe(201);
  });

  it('an institution is entered by the branch: what fails is told at once; a natural person is sent to mobile and web', async () => {
    const entered = (no: string, as = 'branch-1002') =>
      counter('/v1/institution-openings', { clientNo: no, permission: 'HKSC' }, as);
    // Numbers 22 and 23 of the sample, of branches 1002 and 2001; client 4 is of 3001, client 9 of 1001.
    // A role that sees all branches elsewhere does not let the branch act for clients of others.
    await api.pool.query(
      `insert into grants (person, role, valid_from, requested_by, granted_by, approved_by) values ('branch-1001', 'region', '2014-11-17', 'a', 'b', 'c')`,
    );
    expect((await entered(clientOf('institution'), 'branch-1001')).body.code).toBe('NOT_FOUND');
    expect(await entered(clientOf('institution'))).toMatchObject({
      status: 201,
      body: { kind: 'institution opening' },
    });
    expect((await entered(clientOf('institution'))).status).toBe(200);
    const elsewhere = await entered(clientOf('account designated elsewhere'), 'branch-1001');
    expect(codesOf(elsewhere)).toEqual(['ACCOUNT_NOT_DESIGNATED_HERE', 'ONLY_INSTITUTIONS']);
    expect(elsewhere.body.errors.map(({ condition }: any) => condition?.required.en)).toEqual([
      'designated to this broker',
      undefined,
    ]);
    expect(elsewhere.body.errors[0].condition).toMatchObject({
      found: { en: 'not designated to this broker' },
      cure: { en: expect.stringContaining('designate the account here') },
      curedFrom: null,
    });
    const { body } = await api.call('GET', '/v1/permission-funnel', { as: 'branch-1002' });
    expect(body.groups).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'institution opening', step: 'documents', count: 1 })]),
    );
  });
});

describe('a new version of an agreement', () => {
  const text = {
    agreement: 'hksc-risk-disclosure',
    version: '2',
    title: { zh: '风险揭示书', en: 'risk disclosure' },
    text: { zh: '新文本', en: 'new text' },
    validFrom: '2025-06-24',
  };
  // SHA-256 of the Chinese, a line feed, the English.
  const sha256 = createHash('sha256').update('新文本\nnew text').digest('hex');
  const write = (body: object, as = 'brokerage-1') => api.call('POST', '/v1/agreement-texts', { as, body });
  const approve = (body: object = {}, as = 'compliance-1') =>
    api.call('POST', '/v1/agreement-approvals', {
      as,
      body: { agreement: text.agreement, version: '2', sha256, ...body },
    });
  const versions = async () =>
    (await api.call('GET', `/v1/agreement-texts?agreement=${text.agreement}`, { as: 'compliance-1' })).body.items.map(
      ({ version, approvedBy, validFrom, validTo }: Record<string, string>) => [
        version,
        approvedBy,
        validFrom,
        validTo,
      ],
    );

  it('is a draft until compliance approves the digest that it saw', async () => {
    expect((await write(text)).body).toEqual({ agreement: text.agreement, version: '2', sha256 });
    const again = await write(text);
    expect(again.status).toBe(201);
    const { items } = (await api.call('GET', again.headers.get('location') ?? '', { as: 'brokerage-1' })).body;
    expect(items).toContainEqual(expect.objectContaining({ version: '2', sha256 }));
    for (const other of [
      { text: { zh: '别的', en: 'other' } },
      { title: { zh: '别的', en: 'other' } },
      { validFrom: '2025-06-25' },
    ])
      expect((await write({ ...text, ...other })).body.code).toBe('AGREEMENT_VERSION_KNOWN');
    expect(await versions()).toEqual([
      ['1', 'compliance', '2014-11-17', null],
      ['2', null, '2025-06-24', null],
    ]);
    expect((await approve({ version: '3' })).body.code).toBe('NOT_FOUND');
    expect((await approve({ sha256: '0'.repeat(64) })).body.code).toBe('AGREEMENT_DIGEST_DIFFERS');
  });

  it('is never approved by its writer, whatever the roles', async () => {
    await api.pool.query(
      `insert into grants (person, role, valid_from, requested_by, granted_by, approved_by) values ('brokerage-1', 'compliance', '2014-11-17', 'a', 'b', 'c')`,
    );
    expect((await approve({}, 'brokerage-1')).body.code).toBe('SAME_PERSON');
  });

  it('replaces the one before from its day on', async () => {
    expect((await approve()).body).toMatchObject({ validFrom: '2025-06-24' });
    expect((await approve()).body).toMatchObject({ validFrom: '2025-06-24' });
    expect((await approve({}, 'compliance-2')).body.code).toBe('AGREEMENT_APPROVED_ALREADY');
    expect(await versions()).toEqual([
      ['1', 'compliance', '2014-11-17', '2025-06-24'],
      ['2', 'compliance-1', '2025-06-24', null],
    ]);
  });

  it('never shares its day with another one, and ends where one that was approved for a later day begins', async () => {
    const further = async (version: string, validFrom: string) => {
      expect((await write({ ...text, version, validFrom })).status).toBe(201);
      return approve({ version });
    };
    const taken = await further('3', '2025-06-24');
    expect([taken.status, taken.body.errors[0]]).toMatchObject([
      409,
      { code: 'AGREEMENT_DAY_TAKEN', sentence: { en: expect.stringContaining('Version 2') } },
    ]);
    expect((await further('4', '2025-08-01')).status).toBe(200);
    expect((await further('5', '2025-07-01')).status).toBe(200);
    expect(await versions()).toEqual([
      ['1', 'compliance', '2014-11-17', '2025-06-24'],
      ['2', 'compliance-1', '2025-06-24', '2025-07-01'],
      ['3', null, '2025-06-24', null],
      ['5', 'compliance-1', '2025-07-01', '2025-08-01'],
      ['4', 'compliance-1', '2025-08-01', null],
    ]);
  });
});

it('a longer period of a file is asked for: somebody else decides, and the list of the client says what became of it', async () => {
  const body = {
    ...{ clientNo: 'C00000050', kind: 'longer period', onDay: '2050-01-01' },
    reason: 'the law on this client asks for it',
  };
  const asked = await api.call('POST', '/v1/retention-changes', { as: 'compliance-1', body });
  expect(asked.status).toBe(202);
  const { items } = (await api.call('GET', asked.headers.get('location') ?? '', { as: 'compliance-1' })).body;
  expect(items).toMatchObject([{ ...body, ...asked.body, state: 'awaiting approval', madeBy: 'compliance-1' }]);
});

it('a designation may be revoked where nothing stands in the way', async () => {
  const { no } = await sqlOne(
    `select min(client_no) as no from registered_clients where branch = '1001' and client_no > 'C00000050'`,
    [],
  );
  const body = { clientNo: no, channel: 'SH', act: 'revoke designation' };
  const checked = await api.call('POST', '/v1/designation-checks', { as: 'branch-1001', body });
  expect([checked.status, checked.body]).toEqual([200, { clientNo: no, act: body.act, clear: true }]);
});
