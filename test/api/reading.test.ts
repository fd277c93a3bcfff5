/** What is read of a day: figures down to their records, files with bad lines, overdrafts, breaks, notices, changes. */
import { randomUUID } from 'node:crypto';
import { openedTask } from '../support/tasks';
import { loseAnswer, openApiStage, type ApiStage, type Called } from './stage';
import { eventually } from '../support/eventually';

let api: ApiStage;
const DAY = '/v1/settlement-days/SH/2025-06-23';
const WORKFLOW = 'settlement-day:SH:2025-06-23';

beforeAll(async () => {
  api = await openApiStage('reading');
  const sql = (text: string, values: unknown[] = []) => api.pool.query(text, values);
  await sql(
    `insert into settlement_days values ('SH', '2025-06-23', $1, 'full', true, '2025-06-20', '2025-06-24', '2025-06-25',
       '2025-06-24', '2025-06-24', 1, 'morning', '2025-06-23T00:00:00Z', null),
      ('SH', '2025-06-20', 'settlement-day:SH:2025-06-20', 'full', true, '2025-06-19', '2025-06-23', '2025-06-24',
       '2025-06-23', '2025-06-23', 1, 'closed', '2025-06-20T00:00:00Z', '2025-06-20T14:00:00Z')`,
    [WORKFLOW],
  );
  await sql(`insert into processes (workflow_id) values ($1)`, [WORKFLOW]);
  await sql(`insert into broker_accounts values ('HKB1', 'SH', 'reserve', 'client'), ('HKZ1', 'SH', 'reserve', 'proprietary'),
    ('BANK1', 'SH', 'bank', 'client')`);
});
afterAll(() => api.close());

const itemsOf = ({ body }: Called) => body.items as Record<string, any>[];

/** All pages of a list, asked for one after another. */
async function pages(path: string, as: string, limit: number): Promise<Record<string, any>[]> {
  const items: Record<string, any>[] = [];
  const join = path.includes('?') ? '&' : '?';
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer: Called = await api.call(
      'GET',
      `${path}${join}limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      { as },
    );
    expect(answer.status).toBe(200);
    expect(itemsOf(answer).length).toBeLessThanOrEqual(limit);
    items.push(...itemsOf(answer));
    cursor = answer.body.next as string | null;
  }
  return items;
}

describe('a figure', () => {
  let fileId: string;
  let figureId: string;
  beforeAll(async () => {
    await api.pool.query(`select open_business_date('2025-06-20')`);
    const file = await api.pool.query(
      `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-06-20', 'hk_jsmx', 1, 'hk_jsmx01.620', 'x', 'a', 100, '2025-06-20T10:00:00Z') returning file_id`,
    );
    fileId = String(file.rows[0].file_id);
    await api.pool.query(
      `insert into file_states (file_id, state_no, state, cause, record_count) values ($1, 1, 'accepted', 'whole', 7)`,
      [fileId],
    );
    // Seven records settling on the 23rd: five of the client side (1.00, 2.00 .. 5.00), one of the other side, one settling later.
    const line = (row: number, account: string, settles: string, netFen: number) =>
      api.pool.query(
        `insert into clearing_lines values ('2025-06-20', $1, $2, 'SH', 'H01', '', $3, '2025-06-19', $4, '21000', 'A900000001', '08001',
           'B', 'o', 't', 100, 533000, 'HKD', 0, 91000, 0, 0, 0, 0, 0, 0, 0, $5, 0)`,
        [fileId, row, account, settles, netFen],
      );
    for (const row of [1, 2, 3, 4, 5]) await line(row, 'HKB1', '2025-06-23', -100 * row);
    await line(6, 'HKZ1', '2025-06-23', -999);
    await line(7, 'HKB1', '2025-06-24', -888);
    const figure = (revision: number, fen: number, side = 'client') =>
      api.pool.query(
        `insert into figures (channel, business_date, side, code, revision, amount_fen, rule, terms_version)
         values ('SH', '2025-06-23', $3, 'FUNDING', $1, $2, 'A4 §27', 'calendar 1') returning figure_id`,
        [revision, fen, side],
      );
    await figure(1, -1);
    figureId = String((await figure(2, -1_500)).rows[0].figure_id);
    await figure(1, 77, 'proprietary');
    await api.pool.query(
      `insert into figure_terms values ($1, 1, 'reserveBalancePreviousFen', 0, true, '{"lines":"entries","account":"HKB1","until":"2025-06-20"}'),
         ($1, 2, 'tradeNetFen', -1500, false, '{"lines":"clearing_lines","settleDate":"2025-06-23","side":"client","businesses":["H01"]}')`,
      [figureId],
    );
  });

  it('stands in the day with its newest revision and its terms, of the own side only', async () => {
    const { body } = await api.call('GET', DAY, { as: 'ops-client-1' });
    expect(body.sides).toHaveLength(1);
    expect(body.sides[0].funding).toMatchObject({
      figureId,
      revision: 2,
      value: { currency: 'CNY', amount: '-15.00' },
      terms: [
        { termNo: 1, value: { currency: 'CNY', amount: '0.00' }, uncertain: true },
        { termNo: 2, value: { currency: 'CNY', amount: '-15.00' }, uncertain: false },
      ],
    });
    const both = await api.call('GET', DAY, { as: 'supervisor-1' });
    expect(both.body.sides[1].funding.value.amount).toBe('0.77');
  });

  it('leads to file and record of every line of a term, page by page, and their sum is the term', async () => {
    const lines: Record<string, any>[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = `term=2&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body }: Called = await api.call('GET', `${DAY}/figures/${figureId}?${query}`, { as: 'ops-client-1' });
      lines.push(...(body.lines.items as Record<string, any>[]));
      cursor = body.lines.next as string | null;
    }
    expect(lines.map(({ file }) => [file.fileId, file.name, file.row])).toEqual(
      ['1', '2', '3', '4', '5'].map((row) => [fileId, 'hk_jsmx01.620', row]),
    );
    expect(lines.map(({ value }) => value.amount)).toEqual(['-1.00', '-2.00', '-3.00', '-4.00', '-5.00']);
  });

  it('takes in the evening of the day for a forecast, which the plan of the morning could not know', async () => {
    await api.pool.query(`select open_business_date('2025-06-23')`);
    const file = await api.pool.query(
      `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-06-23', 'hk_jsmx', 1, 'hk_jsmx01.623', 'x', 'c', 100, '2025-06-23T10:00:00Z') returning file_id`,
    );
    const evening = String(file.rows[0].file_id);
    await api.pool.query(`insert into file_states values ($1, 1, 'accepted', 'whole', 1)`, [evening]);
    await api.pool.query(
      `insert into clearing_lines select '2025-06-23', $1, 1, channel, business, clearing_mark, reserve_account, trade_date, settle_date, seat,
         securities_account, code, buy_sell, order_no, trade_no, quantity, price_e4, currency, consideration_cents, ratio_e5,
         stamp_duty_cents, sfc_levy_cents, trading_fee_cents, system_fee_cents, settlement_fee_cents, other_cents, net_cents, net_fen, commission_fen
         from clearing_lines where file_id = $2 and row_no = 1`,
      [evening, fileId],
    );
    const { rows } = await api.pool.query(
      `insert into figures (channel, business_date, side, code, revision, amount_fen, rule, terms_version)
       values ('SH', '2025-06-23', 'client', 'FORECAST 2025-06-23', 1, 0, 'A4 §27', 'calendar 1') returning figure_id`,
    );
    const forecastId = String(rows[0].figure_id);
    await api.pool.query(
      `insert into figure_terms select $1, term_no, term, amount_fen, uncertain, source from figure_terms where figure_id = $2`,
      [forecastId, figureId],
    );
    const countOf = async (id: string) =>
      (await api.call('GET', `${DAY}/figures/${id}?term=2`, { as: 'ops-client-1' })).body.lines.items.length as number;
    expect([await countOf(figureId), await countOf(forecastId)]).toEqual([5, 6]);
    await api.pool.query(`insert into file_states values ($1, 2, 'superseded', 'test', null)`, [evening]);
  });

  it('is hidden from the other side and from other days', async () => {
    const read = async (path: string, as: string) => {
      const { status, body } = await api.call('GET', path, { as });
      return [status, body.code];
    };
    expect(await read(`${DAY}/figures/${figureId}`, 'fin-prop-1')).toEqual([403, 'WRONG_SIDE']);
    expect(await read(`${DAY}/figures/${figureId}`, 'prop-1')).toEqual([403, 'WRONG_SIDE']);
    expect(await read(`/v1/settlement-days/SH/2025-06-20/figures/${figureId}`, 'ops-client-1')).toEqual([
      404,
      'NOT_FOUND',
    ]);
    expect(await read(`${DAY}/figures/${figureId}?term=3`, 'ops-client-1')).toEqual([404, 'NOT_FOUND']);
    expect(await read(`${DAY}/figures/${figureId}?term=x`, 'ops-client-1')).toEqual([400, 'INPUT_INVALID']);
  });
});

it('tags the day, and says nothing while nothing has changed', async () => {
  const first = await api.call('GET', DAY, { as: 'ops-client-1' });
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
  expect((await api.call('GET', DAY, { as: 'ops-client-1', headers })).status).toBe(304);
  await api.pool.query(
    `insert into day_steps (channel, business_date, step, state, cause, sections) values ('SH', '2025-06-23', 'pre-clear trades', 'held', 'hk_jsmx missing', '{}')`,
  );
  const second = await api.call('GET', DAY, { as: 'ops-client-1', headers });
  expect(second.status).toBe(200);
  expect(second.body.steps).toEqual([
    expect.objectContaining({ step: 'pre-clear trades', state: 'held', cause: 'hk_jsmx missing' }),
  ]);
});

it('lists the days, latest first, page by page', async () => {
  const days = await pages('/v1/settlement-days', 'supervisor-1', 1);
  expect(days.map(({ businessDate, stage }) => `${businessDate} ${stage}`)).toEqual([
    '2025-06-23 morning',
    '2025-06-20 closed',
  ]);
});

it('lists whatever was asked of the steps of a day, page by page', async () => {
  await api.pool.query(
    `insert into step_requests (channel, business_date, step, act, reason, request_key, made_by, state)
     select 'SH', '2025-06-23', 'trades', 'hold', 'a file is missing', nth, 'ops-client-1', 'refused' from generate_series(1, 3) nth`,
  );
  const asked = await pages(`${DAY}/step-requests`, 'supervisor-1', 2);
  expect(asked.map(({ step, state }) => `${step} ${state}`)).toEqual(Array(3).fill('trades refused'));
  expect(new Set(asked.map(({ stepRequestId }) => stepRequestId)).size).toBe(3);
});

it('lists every bad line of a refused file, in the order of its records', async () => {
  const { rows } = await api.pool.query(
    `insert into files (channel, business_date, kind, part, version, name, path, sha256, byte_count, arrived_at)
     values ('SH', '2025-06-23', 'hk_zjhz', null, 1, 'hk_zjhz.623', 'x', 'b', 200, '2025-06-23T10:05:00Z') returning file_id`,
  );
  const fileId = String(rows[0].file_id);
  await api.pool.query(
    `insert into file_states (file_id, state_no, state, cause, record_count) values ($1, 1, 'refused', '3 bad lines', 12)`,
    [fileId],
  );
  const finding = (row: number | null, field: string, key: string) =>
    api.pool.query(
      `insert into findings (channel, business_date, file_id, file_name, class, outcome, row_no, field, value, reason_zh, reason_en, finding_key)
       values ('SH', '2025-06-23', $1, 'hk_zjhz.623', 'BAD_FIELD', 'refused', $2, $3, '12x', '不是数字', 'not a number', $4) returning finding_id`,
      [fileId, row, field, key],
    );
  await finding(9, 'JE', 'k1');
  await finding(2, 'JE', 'k2');
  await finding(2, 'RQ', 'k3');
  const withdrawn = await finding(5, 'JE', 'k4');
  await api.pool.query('insert into finding_withdrawals (finding_id, cause) values ($1, $2)', [
    withdrawn.rows[0].finding_id,
    'told twice',
  ]);

  const all = itemsOf(await api.call('GET', `${DAY}/files`, { as: 'ops-client-1' }));
  const listed = all.filter(({ kind }) => kind === 'hk_zjhz');
  expect(listed).toEqual([
    expect.objectContaining({ fileId, state: 'refused', cause: '3 bad lines', recordCount: '12', findingCount: 3 }),
  ]);
  const lines: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: Called = await api.call(
      'GET',
      `/v1/files/${fileId}?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
      { as: 'ops-client-1' },
    );
    for (const { row, field, value, reason } of body.findings.items as Record<string, any>[])
      lines.push(`${row} ${field} ${value} ${reason.en}`);
    cursor = body.findings.next as string | null;
  }
  expect(lines).toEqual(['2 JE 12x not a number', '2 RQ 12x not a number', '9 JE 12x not a number']);
});

it('lists overdrafts with their causes, to those who may see the client side', async () => {
  await api.pool.query(
    `insert into clients values ('6000000001', 'A900000001', '1001', '21000', 'client', 'natural', 0.0003, 500),
       ('6000000002', 'A900000002', '1001', '21000', 'client', 'natural', 0.0003, 500), ('7000000001', 'Z900000001', '0000', '21000', 'proprietary', 'institution', 0, 0)`,
  );
  await api.pool.query(
    `insert into overdrafts values ('SH', '2025-06-23', '6000000001', 12345, 'fx', 12345, 0, 0), ('SH', '2025-06-23', '6000000002', 100, 'portfolioFee', 0, 100, 0),
       ('SH', '2025-06-23', '7000000001', 5, 'other', 0, 0, 0)`,
  );
  const all = await pages(`${DAY}/overdrafts`, 'ops-client-1', 1);
  expect(all.map(({ fundAccount, overdraft, cause }) => [fundAccount, overdraft.amount, cause])).toEqual([
    ['6000000001', '123.45', 'fx'],
    ['6000000002', '1.00', 'portfolioFee'],
  ]);
  expect(
    itemsOf(await api.call('GET', `${DAY}/overdrafts`, { as: 'prop-1' })).map(({ fundAccount }) => fundAccount),
  ).toEqual(['7000000001']);
  expect(itemsOf(await api.call('GET', `${DAY}/overdrafts`, { as: 'audit-1' }))).toHaveLength(3);
});

describe('a break', () => {
  let breakId: string;
  beforeAll(async () => {
    const { rows } = await api.pool.query(
      `insert into findings (channel, business_date, file_name, class, outcome, file_value, computed, reason_zh, reason_en, amount_fen, owner, finding_key)
       values ('SH', '2025-06-23', 'hk_zjhz.623', 'MONEY', 'break', '1.00', '1.01', '差一分', 'one cent apart', -1, 'operations', 'm1') returning finding_id`,
    );
    breakId = String(rows[0].finding_id);
    await api.stage.client.workflow.start('settlementDay', {
      workflowId: WORKFLOW,
      taskQueue: `${api.stage.book.namespace}-stories`,
      args: [{ channel: 'SH', businessDate: '2025-06-23' }],
    });
  });
  const decide = (as: string, body: object, key: string = randomUUID()) =>
    api.call('POST', `/v1/breaks/${breakId}/decision`, { as, body, key });
  const exception = { decision: 'exception', reason: '中国结算已确认更正', expiresOn: '2025-06-30' };

  it('is listed with both values and the difference', async () => {
    const [line] = itemsOf(await api.call('GET', `${DAY}/breaks?decided=no`, { as: 'ops-client-1' }));
    expect(line).toMatchObject({
      breakId,
      theirs: '1.00',
      ours: '1.01',
      difference: { amount: '-0.01' },
      decision: null,
    });
    expect(itemsOf(await api.call('GET', `${DAY}/breaks?decided=yes`, { as: 'ops-client-1' }))).toEqual([]);
  });

  it.each<[object, string, string, string]>([
    [{ ...exception, reason: '好' }, 'reason', 'INPUT_INVALID', 'a reason of one character'],
    [{ ...exception, expiresOn: '2025-06-22' }, 'expiresOn', 'INPUT_INVALID', 'expired yesterday'],
    [{ ...exception, expiresOn: '2025-06-31' }, 'expiresOn', 'BUSINESS_DATE_INVALID', 'no such day'],
    [{ ...exception, decision: 'ignore' }, 'decision', 'INPUT_INVALID', 'another decision'],
    [{ ...exception, amount: 1 }, 'amount', 'AMOUNT_NOT_TEXT', 'an amount as a number'],
  ])('refuses %j', async (body, field, code) => {
    const answer = await decide('supervisor-1', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field, code }));
  });

  it('may expire today at the earliest, is signed by a supervisor in the process of its day, and only once', async () => {
    expect((await decide('ops-client-1', exception)).body.code).toBe('ROLE_MISSING');
    const signed = await decide('supervisor-1', { ...exception, expiresOn: '2025-06-23' }, 'signed-once');
    expect(signed.status).toBe(200);
    // Another supervisor with another key: the process itself says that it was signed.
    const again = await decide('supervisor-2', exception);
    expect([again.status, again.body.code]).toEqual([409, 'BREAK_ALREADY_DECIDED']);
  });

  it('is refused where it was decided before, without asking the process', async () => {
    await api.pool.query(
      `insert into break_decisions (finding_id, decision, reason, expires_on, signed_by) values ($1, 'exception', $2, '2025-06-23', 'supervisor-1')`,
      [breakId, exception.reason],
    );
    const answer = await decide('supervisor-2', exception);
    expect([answer.status, answer.body.code]).toEqual([409, 'BREAK_ALREADY_DECIDED']);
    const [line] = itemsOf(await api.call('GET', `${DAY}/breaks?decided=yes`, { as: 'audit-1' }));
    expect(line).toMatchObject({ breakId, decision: { signedBy: 'supervisor-1', expiresOn: '2025-06-23' } });
    // The API died before it answered whoever signed: that act is not refused for what it did itself.
    await loseAnswer(api.pool, 'signed-once');
    const own = await decide('supervisor-1', { ...exception, expiresOn: '2025-06-23' }, 'signed-once');
    expect([own.status, own.body.decision]).toMatchObject([200, { signedBy: 'supervisor-1' }]);
  });

  it('of a day whose process has ended is signed too', async () => {
    const { rows } = await api.pool.query(
      `insert into findings (channel, business_date, file_name, class, outcome, reason_zh, reason_en, finding_key)
       values ('SH', '2025-06-20', 'x', 'MONEY', 'break', '差', 'apart', 'm2') returning finding_id`,
    );
    const sign = (body: object, key: string = randomUUID()) =>
      api.call('POST', `/v1/breaks/${rows[0].finding_id}/decision`, { as: 'supervisor-1', body, key });
    const answer = await sign(exception, 'signed-when-closed');
    expect([answer.status, answer.body.code]).toEqual([200, undefined]);
    // No process keeps that act: the row says that it is the same.
    await loseAnswer(api.pool, 'signed-when-closed');
    const again = await sign(exception, 'signed-when-closed');
    expect([again.status, again.body]).toEqual([200, answer.body]);
    const longer = await sign({ ...exception, expiresOn: '2025-07-01' });
    expect([longer.status, longer.body.code]).toEqual([409, 'BREAK_ALREADY_DECIDED']);
  });
});

it('shows the notices of the day to whom they were sent, and all of them to those who watch', async () => {
  const notice = (role: string, key: string) =>
    api.pool.query(
      `insert into outbox (other_key, workflow_id, kind, severity, recipient_role)
       values ($1, $2, 'notice', 'critical', $3)`,
      [key, WORKFLOW, role],
    );
  await notice('operations', 'n1');
  await notice('finance', 'n2');
  const toldTo = async (as: string) =>
    (await pages(`${DAY}/notices?severity=critical`, as, 1)).map(({ recipientRole }) => recipientRole);
  expect(await toldTo('ops-client-1')).toEqual(['operations']);
  expect(await toldTo('fin-prop-1')).toEqual(['finance']);
  expect(await toldTo('supervisor-1')).toEqual(['operations', 'finance']);
});

it('reports the day to those who read both sides', async () => {
  const { status, body } = await api.call('GET', `${DAY}/report`, { as: 'supervisor-1' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ date: '2025-06-23', workflowId: WORKFLOW });
  // As its files show it, and its own page.
  const money = await api.call('GET', `${DAY}/corporate-action-money`, { as: 'supervisor-1' });
  expect(money.body.onTheWay).toHaveLength(2);
  expect(body.corporateActionMoney).toEqual(money.body);
});

it('streams what changes, and stops when nobody listens', async () => {
  const left = new AbortController();
  const answer = await fetch(`${api.url}${DAY}/events`, {
    headers: { authorization: `Bearer ${await api.tokenOf('supervisor-1')}` },
    signal: left.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  let seen = '';
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) seen += decoder.decode(chunk);
  })().catch(() => undefined);
  await eventually(() =>
    Promise.resolve(seen.includes('event: stage\ndata: {"stage":"morning","closedAt":null}') || undefined),
  );
  await api.pool.query(`update settlement_days set stage = 'checkpoint 10:30' where business_date = '2025-06-23'`);
  await eventually(() => Promise.resolve(seen.includes('"stage":"checkpoint 10:30"') || undefined), 5);
  expect(seen.match(/event: stage/g)).toHaveLength(2);
  left.abort();
  await reading;

  // Whoever comes back with the id of the last event is told what changed since, and nothing else.
  const [lastId = ''] = seen.match(/(?<=^id: ).*$/gm)?.slice(-1) ?? [];
  await api.pool.query(`update settlement_days set stage = 'evening' where business_date = '2025-06-23'`);
  const back = new AbortController();
  const again = await fetch(`${api.url}${DAY}/events`, {
    headers: { authorization: `Bearer ${await api.tokenOf('supervisor-1')}`, 'last-event-id': lastId },
    signal: back.signal,
  });
  const first = await again.body?.getReader().read();
  back.abort();
  const events = Buffer.from(first?.value ?? []).toString('utf8');
  expect(events.match(/(?<=^event: ).*$/gm)).toEqual(['stage']);
  expect(events).toContain('"stage":"evening"');

  expect((await api.call('HEAD', `${DAY}/events`, { as: 'supervisor-1' })).status).toBe(200);
  expect((await api.call('HEAD', '/v1/settlement-days/SH/2025-06-19/events', { as: 'supervisor-1' })).status).toBe(404);
  const missing = await api.call('GET', '/v1/settlement-days/SH/2025-06-19/events', { as: 'supervisor-1' });
  expect([missing.status, missing.body.code]).toEqual([404, 'NOT_FOUND']);
});

it.each([
  'x',
  'eyJhIjoxfQ',
  Buffer.from('["2025-06-23"]').toString('base64url'),
  Buffer.from('["2025-99-99","SH"]').toString('base64url'),
  Buffer.from(`["1'; drop table tasks","SH"]`).toString('base64url'),
])('refuses a cursor that is none: %s', async (cursor) => {
  const { status, body } = await api.call('GET', `/v1/settlement-days?cursor=${cursor}`, { as: 'supervisor-1' });
  expect([status, body.code, body.errors[0].field]).toEqual([400, 'INPUT_INVALID', 'cursor']);
});

it.each([
  ['limit=0', 'limit'],
  ['limit=201', 'limit'],
  ['limit=1.5', 'limit'],
  ['limits=5', 'limits'],
])('refuses ?%s', async (query, field) => {
  const { status, body } = await api.call('GET', `/v1/settlement-days?${query}`, { as: 'supervisor-1' });
  expect([status, body.errors[0].field]).toEqual([400, field]);
});

describe('why a figure is what it is', () => {
  const FRIDAY = '/v1/settlement-days/SH/2025-06-20';
  const explain = (figure: string, as: string, query = '') =>
    api.call('GET', `${FRIDAY}/figures/${figure}/explanation${query}`, { as });

  it('is its lines: they sum to it, and each leads to file, version, digest and record', async () => {
    const { status, body } = await explain('trades.client.net', 'ops-client-1');
    // Five records of 1.00 to 5.00 and one of 8.88; the one of the other side is none of them.
    expect([status, body.figure.value, body.sum]).toEqual([200, '-23.88', '-23.88']);
    expect(body.terms).toEqual([{ term: 'net', value: '-23.88', lines: 6 }]);
    expect(body.lines.items.map((line: any) => [line.kind, line.value, line.record.row])).toEqual([
      ['record', '-1', '1'],
      ['record', '-2', '2'],
      ['record', '-3', '3'],
      ['record', '-4', '4'],
      ['record', '-5', '5'],
      ['record', '-8.88', '7'],
    ]);
    expect(body.lines.items[0].record).toMatchObject({ name: 'hk_jsmx01.620', version: 1, sha256: 'a' });
    expect(body.rule).toMatchObject({
      figure: 'trades',
      version: 1,
      articles: 'A4 §21; S3; S4',
      validFrom: '2014-11-17',
    });
    expect(body.change).toBeNull();
  });

  it('comes page by page', async () => {
    const rows: string[] = [];
    for (let query = '?limit=4', more = true; more;) {
      const { lines } = (await explain('trades.client.net', 'ops-client-1', query)).body;
      rows.push(...lines.items.map((line: any) => line.record.row));
      more = lines.next !== null;
      query = `?limit=4&cursor=${lines.next}`;
    }
    expect(rows).toEqual(['1', '2', '3', '4', '5', '7']);
  });

  it('is told with the terms that its rule reads, as in force on the day', async () => {
    const { body } = await explain('feesHKD.JSF', 'supervisor-1');
    expect(body.rule.terms.find(({ code }: any) => code === 'SETTLEMENT_FEE')).toMatchObject({
      table: 'fee_rates',
      value: '0.0000200000',
      validFrom: '2014-11-17',
      validTo: '2025-06-30',
    });
  });

  it('of a plan names the files of days before and the notices that came between it and the one before', async () => {
    const plan = async (revision: number, fen: number, at: string) => {
      const { rows } = await api.pool.query(
        `insert into figures (channel, business_date, side, code, revision, amount_fen, rule, terms_version, computed_at)
         values ('SH', '2025-06-20', 'client', 'FUNDING', $1, $2, 'A4 §27', 'calendar 1', $3) returning figure_id`,
        [revision, fen, at],
      );
      await api.pool.query(`insert into figure_terms values ($1, 1, 'tradeNetFen', $2, false, '{"lines":"entries"}')`, [
        rows[0].figure_id,
        fen,
      ]);
    };
    const file = async (sha: string, state: string, at: string) => {
      await api.pool.query(`select open_business_date('2025-06-19')`);
      const { rows } = await api.pool.query(
        `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
         values ('SH', '2025-06-19', $1, 1, $1, 'x', $1, 100, $2) returning file_id`,
        [sha, at],
      );
      await api.pool.query(
        `insert into file_states (file_id, state_no, state, cause, record_count, at) values ($1, 1, $2, 'whole', 7, $3)`,
        [rows[0].file_id, state, at],
      );
    };
    await file('hk_zqye', 'accepted', '2025-06-20T00:10:00Z');
    await plan(1, -900, '2025-06-20T00:30:00Z');
    await file('hk_zjye', 'accepted', '2025-06-20T00:50:00Z');
    await api.pool.query(
      `insert into settlement_postponements (channel, postponed_from, postponed_to, cause, notice, workflow_id, request_key, made_by)
       values ('SH', '2025-06-20', '2025-06-23', 'typhoon', 'notice 1 of the clearing house', 'w', 'plan-change', 'ops-client-1')`,
    );
    await api.pool.query(
      `update settlement_postponements set state = 'approved', approved_by = 'supervisor-1', approved_at = '2025-06-20T00:55:00Z'
       where request_key = 'plan-change'`,
    );
    await plan(2, -400, '2025-06-20T01:00:00Z');
    expect((await explain('funding.client.amount', 'ops-client-1')).body.change).toMatchObject({
      run: 1,
      before: '-9.00',
      difference: '5.00',
      files: [{ name: 'hk_zjye', state: 'accepted', at: '2025-06-20T00:50:00.000Z' }],
      notices: [{ from: '2025-06-20', to: '2025-06-23', state: 'approved', at: '2025-06-20T00:55:00.000Z' }],
    });
  });

  it('keeps what an earlier run said, with the difference', async () => {
    const compute = async (payable: number) => {
      await api.pool.query(`delete from risk_money where business_date = '2025-06-20'`);
      await api.pool.query(
        `insert into risk_money values ('SH', '2025-06-20', 'client', $1, 100, 'rpf', 0, $2, '2025-06-23', 0, 0, 0)`,
        [payable - 100, payable],
      );
    };
    await compute(300);
    expect((await explain('riskMoney.client.payable', 'ops-client-1')).body.change).toBeNull();
    await compute(250);
    await compute(420);
    expect((await explain('riskMoney.client.payable', 'ops-client-1')).body.change).toMatchObject({
      run: 2,
      before: '2.50',
      difference: '1.70',
      terms: [
        { term: 'markToMarket', before: '1.50', now: '3.20' },
        { term: 'payable', before: '2.50', now: '4.20' },
      ],
      files: [],
      notices: [],
    });
    const { rows } = await api.pool.query(
      `select run, figures ->> 'payable_fen' as fen from earlier_figures order by run`,
    );
    expect(rows).toEqual([
      { run: 1, fen: '300' },
      { run: 2, fen: '250' },
    ]);
  });

  it.each([
    ['trades.client.net', 'fin-prop-1', 403, 'WRONG_SIDE', 'the other side'],
    ['feesHKD.JSF', 'ops-client-1', 403, 'WRONG_SIDE', 'a sum over both sides'],
    ['trades.client.nothing', 'ops-client-1', 404, 'NOT_FOUND', 'no such figure'],
    ['nothing', 'ops-client-1', 404, 'NOT_FOUND', 'no such section'],
  ])('%s for %s: %i %s (%s)', async (figure, as, status, code) => {
    const answer = await explain(figure, as);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is asked by the name that the list tells, of the own side only', async () => {
    const names = (await pages(`${FRIDAY}/figures?section=trades`, 'ops-client-1', 2)).map(({ figureId }) => figureId);
    expect(names).toEqual(['count', 'payable', 'receivable', 'net', 'netHKD'].map((name) => `trades.client.${name}`));
  });
});

describe('why something is red', () => {
  const redOf = async (as: string) => (await api.call('GET', DAY, { as })).body.red as Record<string, any>[];
  beforeAll(async () => {
    await api.pool.query(
      `insert into settlement_defaults (channel, business_date, side, intraday_fen, cause) values ('SH', '2025-06-23', 'client', 12345678, 'not yet found')`,
    );
  });

  it('stands in the day for those who see the side, with money, time left, next act and owner', async () => {
    const [short] = (await redOf('ops-client-1')).filter(({ kind }) => kind === 'FUNDING_SHORT');
    expect(short).toMatchObject({
      value: { currency: 'CNY', amount: '123456.78' },
      dueAt: '2025-06-23T10:00:00.000Z',
      owner: 'operations',
      sentence: { zh: expect.stringContaining('客户侧交收违约：原因待查；金额 123,456.78 元；剩余') },
    });
    expect((await redOf('fin-prop-1')).filter(({ kind }) => kind === 'FUNDING_SHORT')).toEqual([]);
  });

  it('stands on later days too, until it is covered', async () => {
    const shorts = async () =>
      (await redOf('ops-client-1'))
        .filter(({ kind }) => kind === 'FUNDING_SHORT')
        .map(({ value }) => value.amount as string);
    await api.pool.query(
      `insert into settlement_defaults (channel, business_date, side, intraday_fen, end_of_day_fen, cause) values ('SH', '2025-06-20', 'client', 0, 50000, 'not ordered')`,
    );
    expect(await shorts()).toEqual(['500.00', '123456.78']);
    await api.pool.query(`update settlement_defaults set covered_on = '2025-06-23' where business_date = '2025-06-20'`);
    expect(await shorts()).toEqual(['123456.78']);
  });

  it('tells nothing as of an earlier instant: the sentence is of now', async () => {
    const { now } = (await api.call('GET', '/v1/clock', { as: 'ops-client-1' })).body;
    const { body } = await api.call('GET', `${DAY}?as-of=${now}`, { as: 'ops-client-1' });
    expect(body.red).toBeNull();
  });

  it('stands in a task that is overdue', async () => {
    const taskId = await openedTask(api.pool, {
      workflowId: WORKFLOW,
      role: 'operations',
      titleEn: 'late',
      dueAt: '2025-06-22T00:00:00Z',
    });
    const late = (await api.call('GET', `/v1/tasks/${taskId}`, { as: 'ops-client-1' })).body.why;
    expect(late).toMatchObject({ kind: 'TASK_OVERDUE', owner: 'operations', cause: { en: 'task overdue: late' } });
    expect((await redOf('ops-client-1')).filter(({ kind }) => kind === 'TASK_OVERDUE')).toHaveLength(1);
    const due = await openedTask(api.pool, {
      workflowId: WORKFLOW,
      role: 'operations',
      titleEn: 'not late',
      dueAt: '2026-06-22T00:00:00Z',
    });
    expect((await api.call('GET', `/v1/tasks/${due}`, { as: 'ops-client-1' })).body.why).toBeNull();
  });
});

describe('what a settlement day must not be asked', () => {
  const FRIDAY = '/v1/settlement-days/SH/2025-06-20';
  const tryOn = (day: string, body: object, as = 'ops-client-1') => api.call('POST', `${day}/trials`, { as, body });
  const kept = async () => {
    const { rows } = await api.pool.query(
      `select (select count(*) from step_requests) as steps, (select count(*) from settlement_postponements) as postponements,
              (select count(*) from parameter_changes) as changes, (select count(*) from parameters) as parameters,
              (select count(*) from break_decisions) as exceptions, (select count(*) from findings) as findings,
              (select count(*) from figures) as figures, (select count(*) from forecasts) as forecasts,
              (select jsonb_agg(r order by side) from risk_money r) as risk_money`,
    );
    return rows[0] as unknown;
  };
  let breakId: string;
  beforeAll(async () => {
    const sql = (text: string, values: unknown[] = []) => api.pool.query(text, values);
    const found = await sql(
      `insert into findings (channel, business_date, file_name, class, outcome, reason_zh, reason_en, finding_key)
       values ('SH', '2025-06-20', 'x', 'MONEY', 'break', '差', 'apart', 'looked into') returning finding_id::text as id`,
    );
    breakId = String(found.rows[0].id);
    await sql(
      `insert into break_assignments (finding_id, assigned_to, assigned_by, reason, request_key)
       values ($1, 'supervisor-1', 'supervisor-2', 'look into it', 'k')`,
      [breakId],
    );
    await sql(
      `insert into settlement_postponements (channel, postponed_from, postponed_to, cause, notice, workflow_id, request_key, made_by)
       values ('SH', '2025-06-25', '2025-06-26', 'typhoon', 'notice 7', 'settlement-postponement:7', 'k7', 'ops-client-2')`,
    );
    await sql(
      `insert into risk_money select 'SH', '2025-06-20', side::side_of_business, 0, 0, 'rpf', 0, 0, '2025-06-23', 0, 0, 0
       from unnest('{client,proprietary}'::text[]) side on conflict do nothing`,
    );
  });

  const because = 'as the notice of today says';
  const change = { kind: 'parameter', effectiveOn: '2025-06-25', reason: because };
  const postponed = { channel: 'SH', from: '2025-06-25', cause: 'typhoon', notice: because };
  it.each<[why: string, as: string, path: () => string, body: object, told: readonly string[]]>([
    [
      'a step of a closed day repeated',
      'ops-client-1',
      () => `${FRIDAY}/step-requests`,
      { step: 'trades', act: 'repeat', reason: because },
      ['409 DAY_CLOSED'],
    ],
    [
      'a postponement over another one',
      'ops-client-1',
      () => '/v1/settlement-postponements',
      { ...postponed, to: '2025-06-27' },
      ['409 POSTPONEMENT_OVERLAPS'],
    ],
    [
      'a postponement to the day before, over another one',
      'ops-client-1',
      () => '/v1/settlement-postponements',
      { ...postponed, to: '2025-06-24' },
      ['422 POSTPONEMENT_BACKWARDS', '409 POSTPONEMENT_OVERLAPS'],
    ],
    [
      'an alarm of the cushion below zero',
      'ops-client-1',
      () => '/v1/parameter-changes',
      { ...change, code: 'CUSHION_ALARM_AT', values: { value: '-0.80' } },
      ['400 INPUT_INVALID values.value'],
    ],
    [
      'an exception by whoever looked into the break',
      'supervisor-1',
      () => `/v1/breaks/${breakId}/decision`,
      { decision: 'exception', reason: because, expiresOn: '2025-06-30' },
      ['403 EXCEPTION_BY_MAKER'],
    ],
    [
      'risk money where the day has no settlement ratio',
      'ops-client-1',
      () => `${FRIDAY}/trials`,
      { model: 'flat22' },
      ['422 NO_RATE_FOR_DATE'],
    ],
    [
      'risk money that is not computed',
      'ops-client-1',
      () => `${DAY}/trials`,
      { model: 'flat22' },
      ['409 RISK_MONEY_NOT_COMPUTED'],
    ],
    [
      'risk money of a day that was not begun',
      'ops-client-1',
      () => '/v1/settlement-days/SH/2025-06-19/trials',
      { model: 'flat22' },
      ['409 DAY_NOT_STARTED'],
    ],
    [
      'a rate below zero, a multiplier as a number, a credit below zero',
      'ops-client-1',
      () => `${FRIDAY}/trials`,
      { rate: '-0.22', multiplier: 1.2, marginCredit: { currency: 'CNY', amount: '-1.00' } },
      ['400 INPUT_INVALID rate', '400 INPUT_INVALID multiplier', '400 INPUT_INVALID marginCredit.amount'],
    ],
  ])('%s', async (_, as, path, body, told) => {
    const before = await kept();
    const answer = await api.call('POST', path(), { as, body });
    const [first = ''] = told;
    expect([answer.status, answer.body.code]).toEqual([Number(first.slice(0, 3)), first.split(' ')[1]]);
    const codes = (answer.body.errors as { code: string; field: string | null }[]).map(({ code, field }) =>
      [code, field].join(' '),
    );
    for (const one of told) expect(codes.some((code) => code.startsWith(one.slice(4)))).toBe(true);
    expect(codes).toHaveLength(told.length);
    expect(await kept()).toEqual(before);
  });

  it('a closed day is compared one at a time, and the same key is answered the first answer again', async () => {
    const compare = (key: string) => api.call('POST', `${FRIDAY}/comparisons`, { as: 'ops-client-1', key });
    const before = await kept();
    const other = await api.pool.connect();
    const isRunning = `begin; select pg_advisory_xact_lock(hashtextextended('comparison of a closed day', 0))`;
    await other.query(isRunning);
    const refused = await compare('compare-1');
    expect([refused.status, refused.body.code]).toEqual([503, 'COMPARISON_RUNNING']);
    await other.query('rollback');
    // "Ask again" is no answer to keep.
    const first = await compare('compare-1');
    expect([first.status, first.body.businessDate]).toEqual([200, '2025-06-20']);
    await other.query(isRunning);
    expect((await compare('compare-1')).body).toEqual(first.body);
    expect((await compare('compare-2')).status).toBe(503);
    await other.query('rollback');
    other.release();
    expect(await kept()).toEqual(before);
  });

  it('and with a ratio: the rate of a security that has none is tried, told of the own side, and nothing is kept', async () => {
    const { rows } = await api.pool.query(`select file_id from files where name = 'hk_jsmx01.620'`);
    const fileId = String(rows[0].file_id);
    await api.pool.query(
      `insert into notices values ('2025-06-20', $1, 901, 'SH', 'H05', '', '', '2025-06-20', null, null, null, null, 0.91, 0.90, null, null,
         '', '', '', '', '', 'HKD', '{}')`,
      [fileId],
    );
    await api.pool.query(`insert into closing_prices values ('2025-06-20', $1, 902, 'SH', '08001', 100000)`, [fileId]);
    const before = await kept();
    const { status, body } = await tryOn(FRIDAY, { rates: [{ code: '08001', rate: '0.10' }] });
    // Clients hold six purchases of 100 shares that are not settled; until it has a rate the security is left out.
    // 600 x 10.00 x 0.10 x 0.91 = 546.00 more to pay. Due on Monday: 1.00 + 2.00 + .. + 5.00 = 15.00, with it 561.00.
    const inCny = (amount: string) => ({ currency: 'CNY', amount });
    expect(status).toBe(200);
    expect(body.fundedOn).toBe('2025-06-23');
    expect(body.sides).toHaveLength(1);
    expect(body.sides[0]).toMatchObject({
      side: 'client',
      inForce: { marginModel: 'rpf', margin: inCny('0.00'), payable: inCny('0.00'), funding: inCny('-15.00') },
      tried: { marginModel: 'rpf', margin: inCny('546.00'), payable: inCny('546.00'), funding: inCny('-561.00') },
      difference: { margin: inCny('546.00'), payable: inCny('546.00'), funding: inCny('-546.00') },
    });
    expect((await tryOn(FRIDAY, { model: 'flat22' }, 'compliance-1')).body.sides).toHaveLength(2);
    expect(await kept()).toEqual(before);
  });
});

describe('a list that says where a new thing is', () => {
  it.each<[path: string, id: string, insert: string]>([
    [
      '/v1/settlement-postponements',
      'postponementId',
      `insert into settlement_postponements (channel, postponed_from, postponed_to, cause, notice, workflow_id, request_key, made_by)
       select 'SH', date '2025-08-01' + 2 * n, date '2025-08-02' + 2 * n, 'typhoon', 'a notice', 'new:' || n, 'new:' || n, 'ops-client-2'
       from generate_series(1, 2) n returning postponement_id::text as id`,
    ],
    [
      '/v1/trade-cancellations',
      'cancellationId',
      `insert into trade_cancellations (channel, trade_date, trade_no, settle_date, notice, workflow_id, request_key, made_by)
       select 'SH', '2025-08-01', n, '2025-08-04', 'a notice', 'new:' || n, 'new:' || n, 'ops-client-2'
       from generate_series(1, 2) n returning cancellation_id::text as id`,
    ],
    [
      '/v1/cushion-top-ups',
      'topUpId',
      `insert into cushion_top_ups (channel, business_date, origin, amount_fen, reason, workflow_id, request_key, asked_by, state, ended_by, ended_at)
       select 'SH', '2025-08-01', 'finance', n, 'a reason', 'new:' || n, 'new:' || n, 'fin-prop-1', 'not needed', 'fin-prop-1', business_now()
       from generate_series(1, 2) n returning top_up_id::text as id`,
    ],
    [
      '/v1/substitutions',
      'substitutionId',
      `insert into substitutions (absent, substitute, first_day, last_day, made_by)
       select 'ops-client-2', 'ops-client-1', date '2025-08-01' + n, date '2025-08-01' + n, 'ops-client-head'
       from generate_series(1, 2) n returning substitution_id::text as id`,
    ],
  ])('%s shows the newest first', async (path, id, insert) => {
    const { rows } = await api.pool.query<{ id: string }>(insert);
    const page = async (more: string) => {
      const { body } = await api.call('GET', `${path}?limit=1${more}`, { as: 'supervisor-1' });
      return body as { items: readonly Record<string, unknown>[]; next: string };
    };
    const first = await page('');
    const second = await page(`&cursor=${first.next}`);
    expect([...first.items, ...second.items].map((item) => item[id])).toEqual([rows[1]?.id, rows[0]?.id]);
  });
});
