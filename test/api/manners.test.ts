/** Manners that every route shares: problems, sizes, rates, numbers of requests, health, metrics, the document itself. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { readApiConfig } from '../../api/config';
import { openApiDocument } from '../../api/openapi';
import { problemOf, refusalOf } from '../../api/problems';
import { openRehearsalIssuer } from '../../api/rehearsal-issuer';
import { routes } from '../../api/routes';
import { startApi } from '../../api/run';
import { refusalOfUpdate } from '../../api/temporal-gateway';
import { errorList } from '../../domain/errors';
import { openTestBook } from '../support/book';
import { openPool } from '../../prisma/pool';
import { openApiStage, type ApiStage } from './stage';
import { eventually } from '../support/eventually';

let api: ApiStage;
beforeAll(async () => {
  // Whoever repeats a request that is under way waits for the first no longer than a second more.
  api = await openApiStage('manners', { worker: false, env: { API_ANSWER_WITHIN_MS: '200' } });
});
afterAll(() => api.close());

const CLAIM = '/v1/tasks/1/claim';

describe('a problem', () => {
  it('says everything of RFC 9457, in both languages, under its request number', async () => {
    const headers = { 'x-request-id': 'given-by-caller.1' };
    const answer = await api.call('GET', '/v1/settlement-days/SH/2025-13-01', { as: 'supervisor-1', headers });
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('x-request-id')).toBe('given-by-caller.1');
    const sentence = { zh: '“2025-13-01”不是有效日期（YYYY-MM-DD）。', en: '"2025-13-01" is not a date YYYY-MM-DD.' };
    expect(answer.body).toEqual({
      type: '/problems#BUSINESS_DATE_INVALID',
      title: 'business date invalid',
      status: 400,
      code: 'BUSINESS_DATE_INVALID',
      detail: `${sentence.zh} ${sentence.en}`,
      instance: 'urn:request:given-by-caller.1',
      sentence,
      errors: [{ field: 'date', code: 'BUSINESS_DATE_INVALID', sentence }],
    });
  });

  it.each(['', 'short', 'with space in it', 'x'.repeat(65), '<script>alert(1)</script>'])(
    'makes a number where the caller has none that is fit: "%s"',
    async (given) => {
      const answer = await api.call('GET', '/health/live', { headers: given === '' ? {} : { 'x-request-id': given } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it.each([
    ['not JSON at all', '{"revision":', 400, 'INPUT_INVALID'],
    ['a list', '[]', 400, 'INPUT_INVALID'],
    [
      'one byte too many',
      JSON.stringify({ revision: 1, form: { reason: 'x'.repeat(64 * 1024) } }),
      413,
      'BODY_TOO_LARGE',
    ],
  ])('refuses a body that is %s', async (_, body, status, code) => {
    const answer = await api.call('POST', '/v1/tasks/1/completion', { as: 'ops-client-1', body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    // Of 64 KB, as this route takes them.
    if (status === 413) expect(answer.body.sentence.en).toContain('at most 64 KB');
  });

  it('takes a body of just under the limit', async () => {
    const body = { revision: 1, form: { reason: 'x'.repeat(63 * 1024) } };
    expect((await api.call('POST', '/v1/tasks/1/completion', { as: 'ops-client-1', body })).body.code).toBe(
      'NOT_FOUND',
    );
  });

  it('refuses fields that nobody asked for, also where nothing is asked for', async () => {
    const answer = await api.call('POST', CLAIM, { as: 'ops-client-1', body: { force: true } });
    expect([answer.status, answer.body.errors[0].field, answer.body.code]).toEqual([400, 'force', 'FIELD_UNKNOWN']);
  });

  it.each([
    ['', 'IDEMPOTENCY_KEY_MISSING'],
    ['x'.repeat(256), 'INPUT_INVALID'],
    ['with space', 'INPUT_INVALID'],
    ['x'.repeat(255), 'NOT_FOUND'],
  ])('judges the key of a write: "%s"', async (key, code) => {
    expect((await api.call('POST', CLAIM, { as: 'ops-client-1', key })).body.code).toBe(code);
  });

  it.each(['/v1/nothing', '/v1/tasks/1/claim/more', '/%E0%A4%A', '/docs/../../etc/passwd'])(
    'knows no %s',
    async (where) => {
      const answer = await api.call('GET', where, { as: 'supervisor-1' });
      expect([400, 404]).toContain(answer.status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    },
  );
});

describe('a key', () => {
  const claim = (key: string, as = 'ops-client-1') => api.call('POST', CLAIM, { as, key });

  it('gives a refusal again too, and audits it once', async () => {
    const first = await claim('k-refused');
    const second = await claim('k-refused');
    expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([404, 404, 'true']);
    expect(second.body).toEqual(first.body);
    const requestId = first.headers.get('x-request-id');
    expect(second.body.instance).toBe(`urn:request:${requestId}`);
    const { rows } = await api.pool.query(
      `select request_id from audit where action = 'claimTask' and reason = 'NOT_FOUND' and request_id = $1`,
      [requestId],
    );
    expect(rows).toHaveLength(1);
  });

  it('whose request died with its process is free again after two minutes, not before', async () => {
    await claim('k-died');
    const died = (ago: string) =>
      api.pool.query(
        `update idempotency set status = null, created_at = clock_timestamp() - interval '${ago}' where key = 'k-died'`,
      );
    await died('100 seconds');
    const early = await claim('k-died');
    expect([early.status, early.body.code, early.headers.get('retry-after')]).toEqual([
      409,
      'REQUEST_IN_PROGRESS',
      '1',
    ]);
    await died('121 seconds');
    expect((await claim('k-died')).body.code).toBe('NOT_FOUND');
  });
});

describe('the clock', () => {
  const move = (to: unknown) => api.call('POST', '/v1/clock/moves', { as: 'ops-client-1', body: { to } });

  it('is read', async () => {
    const { body } = await api.call('GET', '/v1/clock', { as: 'admin-1' });
    expect(body).toMatchObject({
      kind: 'test',
      mode: 'manual',
      now: '2025-06-23T00:05:00.000Z',
      businessDate: '2025-06-23',
    });
  });

  it.each(['10:00', '2025-06-23', '2025-06-23T10:00:00', 1750644000000])(
    'refuses an instant without its offset: %s',
    async (to) => {
      expect((await move(to)).body).toMatchObject({ code: 'INPUT_INVALID', errors: [{ field: 'to' }] });
    },
  );

  it('moves forward, and never back', async () => {
    const moved = await move('2025-06-23T08:30:00+08:00');
    expect([moved.status, moved.body.now]).toEqual([200, '2025-06-23T00:30:00.000Z']);
    const back = await move('2025-06-23T00:29:59.999Z');
    expect([back.status, back.body.code]).toEqual([409, 'CLOCK_MOVES_FORWARD_ONLY']);
    const { rows } = await api.pool.query(
      `select actor, role, before, after from audit where action = 'move business clock'`,
    );
    expect(rows).toEqual([
      {
        actor: 'ops-client-1',
        role: 'operations',
        before: { now: '2025-06-23T00:05:00.000Z' },
        after: { now: '2025-06-23T00:30:00.000Z' },
      },
    ]);
  });

  it('leaves no row of a move that was refused because another one is under way', async () => {
    const moves = `select from audit where action = 'move business clock'`;
    const before = (await api.pool.query(moves)).rowCount;
    const other = await api.pool.connect();
    await other.query(`select pg_advisory_lock(hashtextextended('mover of the business clock', 0))`);
    const refused = await move('2025-06-23T08:45:00+08:00');
    await other.query('select pg_advisory_unlock_all()');
    other.release();
    expect([refused.status, refused.body.code]).toEqual([409, 'CLOCK_MOVE_UNDER_WAY']);
    expect((await api.pool.query(moves)).rowCount).toBe(before);
  });
});

describe('health', () => {
  it('is alive, and ready while both parts answer', async () => {
    expect((await api.call('GET', '/health/live')).body).toEqual({ alive: true });
    const ready = await api.call('GET', '/health/ready');
    expect([ready.status, ready.body]).toEqual([
      200,
      { ready: true, database: 'up', migrations: 'up', clock: 'up', temporal: 'up' },
    ]);
  });

  it('names the part that is away; without Temporal a day is still taken, and reading goes on', async () => {
    const alone = await startApi(
      readApiConfig({
        BOOK_DATABASE_URL: api.stage.book.appUrl,
        BOOK_NAME: api.stage.book.namespace,
        TEMPORAL_ADDRESS: '127.0.0.1:9',
        API_PORT: '0',
        OIDC_ISSUER: `${api.url}/rehearsal`,
        OIDC_AUDIENCE: 'southbound',
        LOG_LEVEL: 'silent',
      }),
    );
    try {
      const ready = await fetch(`${alone.url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([
        503,
        { ready: false, database: 'up', migrations: 'up', clock: 'up', temporal: 'down' },
      ]);
      expect((await fetch(`${alone.url}/health/live`)).status).toBe(200);
      const authorization = `Bearer ${await api.tokenOf('ops-client-1')}`;
      const day = await fetch(`${alone.url}/v1/settlement-days/SH/2025-06-23`, {
        method: 'PUT',
        headers: { authorization, 'idempotency-key': 'while-away' },
      });
      expect(day.status).toBe(202);
      const read = await fetch(`${alone.url}/v1/settlement-days/SH/2025-06-23`, { headers: { authorization } });
      expect(await read.json()).toMatchObject({ stage: 'starting', calendar: null });
    } finally {
      await alone.stop();
    }
  });

  it('counts requests by route and refusal, and what waits, without a person in it', async () => {
    await api.pool.query(
      `insert into tasks (other_key, workflow_id, kind, title_id, role, side, form_id, form_version, facts_told, revision, state)
       values ('m', 'w', 'k', task_title('x', 'x'), 'operations', 'client', task_form('{}'), 1, '{}', 1, 'open')`,
    );
    const { body, headers } = await api.call('GET', '/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toContain('southbound_tasks_open{role="operations",side="client",age="under 1 h"} 1');
    expect(body).toMatch(
      /southbound_http_request_seconds_count\{route="readSettlementDay",status="400",code="BUSINESS_DATE_INVALID"\} 1/,
    );
    expect(body).not.toContain('ops-client');
  });
});

/** Both languages of a row of `/docs`. */
const LONGEST_SUMMARY = 140;

describe('the document', () => {
  it('is OpenAPI 3.1, is what is served, and stands in the repository as it is', async () => {
    const { body } = await api.call('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument(routes))));
    const kept = readFileSync(path.join(__dirname, '../../docs/openapi.json'), 'utf8');
    expect(JSON.parse(kept)).toEqual(body);
  });

  it('is valid by the official schema of OpenAPI 3.1', () => {
    const root = path.join(__dirname, '../..');
    const validator = path.join(root, 'node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js');
    const said = execFileSync(process.execPath, [validator, path.join(root, 'docs/openapi.json')], {
      encoding: 'utf8',
    });
    expect(JSON.parse(said)).toEqual({ valid: true });
  });

  it('describes every route with its refusals, and asks a key of every write', async () => {
    const { body } = await api.call('GET', '/openapi.json');
    const known = new Set<string>(errorList.map(({ code }) => code));
    for (const route of routes) {
      const described = body.paths[route.path][route.method];
      expect(described.operationId).toBe(route.id);
      const headers = (described.parameters ?? []).filter((one: { in: string }) => one.in === 'header');
      expect([route.id, headers.map(({ name, required }: any) => [name, required])]).toEqual([
        route.id,
        [
          ...(route.writes ? [['Idempotency-Key', true]] : []),
          ...(route.ifMatch ? [['If-Match', false]] : []),
          ...(route.etag && !route.writes ? [['If-None-Match', false]] : []),
          ...(route.stream === undefined ? [] : [['Last-Event-ID', false]]),
        ],
      ]);
      for (const code of Object.keys(described.responses)) expect(code).toMatch(/^([245]\d\d|304)$/);
      // What was made or goes on is read where its answer says.
      for (const status of ['201', '202'])
        expect([route.id, described.responses[status]?.headers ?? { Location: 'no such answer' }]).toEqual([
          route.id,
          expect.objectContaining({ Location: expect.anything() as unknown }),
        ]);
      expect([route.id, '304' in described.responses]).toEqual([route.id, route.etag && !route.writes]);
      // A line of a table; what does not go into it stands below.
      expect([route.id, described.summary.length <= LONGEST_SUMMARY]).toEqual([route.id, true]);
      for (const code of route.refusals) expect(known).toContain(code);
    }
  });

  it('is shown on a page that needs no other host', async () => {
    const page = await api.call('GET', '/docs');
    expect(page.status).toBe(200);
    const links = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(link).toMatch(/^\/docs\//);
      const { status, headers } = await api.call('GET', link);
      expect([link, status]).toEqual([link, 200]);
      expect(headers.get('content-type')).toMatch(/javascript|css|png/);
    }
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    // Served without TLS, the page must not be told to fetch its parts over https.
    expect(policy).not.toContain('upgrade-insecure-requests');
    const problems = await api.call('GET', '/problems');
    for (const { code } of errorList) expect(problems.body).toContain(`id="${code}"`);
  });
});

it('slows down who asks too often, and strangers sooner', async () => {
  const config = (perMinute: string) =>
    readApiConfig({
      BOOK_DATABASE_URL: api.stage.book.appUrl,
      BOOK_NAME: api.stage.book.namespace,
      TEMPORAL_ADDRESS: api.stage.book.address,
      API_PORT: '0',
      REHEARSAL_ISSUER: '1',
      API_REQUESTS_PER_MINUTE: perMinute,
      LOG_LEVEL: 'silent',
    });
  const small = await startApi(config('3'));
  try {
    const statuses: number[] = [];
    for (let ask = 0; ask < 4; ask += 1) statuses.push((await fetch(`${small.url}/health/live`)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await fetch(`${small.url}/health/live`);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 });
  } finally {
    await small.stop();
  }
  const generous = await startApi(config('6000'));
  try {
    const statuses: number[] = [];
    for (let ask = 0; ask < 301; ask += 1) statuses.push((await fetch(`${generous.url}/v1/me`)).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(300);
    expect(statuses.at(-1)).toBe(429);
  } finally {
    await generous.stop();
  }
});

describe('when something breaks', () => {
  it('says so without saying what: the text of the fault stays here', () => {
    const problem = problemOf(refusalOf(new Error('password of 6000000001 is secret')), 'request-1');
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL_ERROR', instance: 'urn:request:request-1' });
    expect(JSON.stringify(problem)).not.toMatch(/6000000001|secret/);
  });

  it('tells all that a process refused at once, each at its field', () => {
    const cause = ApplicationFailure.create({
      type: 'TEXT_MISSING',
      details: [{ task: '7', field: 'form' }, [{ code: 'DELIVERY_MISSING', details: { field: 'form.delivery' } }]],
    });
    const refused = refusalOf(refusalOfUpdate(new WorkflowUpdateFailedError('refused', cause)));
    expect(problemOf(refused, 'request-1').errors.map(({ field, code }) => [field, code])).toEqual([
      ['form', 'TEXT_MISSING'],
      ['form.delivery', 'DELIVERY_MISSING'],
    ]);
  });

  it('tells a database that is away from a fault of ours', async () => {
    const book = await openTestBook('goes away');
    const pool = openPool(book.appUrl, 1);
    await pool.query(
      `insert into business_clock (book_name, book_kind, mode, now) values ($1, 'test', 'manual', '2025-06-23T00:00:00Z')`,
      [book.namespace],
    );
    await pool.end();
    const left = await startApi(
      readApiConfig({
        BOOK_DATABASE_URL: book.appUrl,
        BOOK_NAME: book.namespace,
        TEMPORAL_ADDRESS: book.address,
        API_PORT: '0',
        REHEARSAL_ISSUER: '0',
        OIDC_ISSUER: `${api.url}/rehearsal`,
        OIDC_AUDIENCE: 'southbound',
        LOG_LEVEL: 'silent',
      }),
    );
    try {
      await book.close();
      const ready = await fetch(`${left.url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([
        503,
        { ready: false, database: 'down', migrations: 'down', clock: 'down', temporal: 'up' },
      ]);
      const told = await (await fetch(`${left.url}/metrics`)).text();
      expect(told).toMatch(/^southbound_database_up 0$/m);
      const headers = { authorization: `Bearer ${await api.tokenOf('ops-client-1')}` };
      const answer = await fetch(`${left.url}/v1/me`, { headers });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('5');
      const text = await answer.text();
      expect(JSON.parse(text)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      expect(text).not.toContain(book.database);
    } finally {
      await left.stop();
    }
  });
});

it('logs one line a request, with its number and route and nothing about people', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, '../../api/main.ts')], {
    env: {
      PATH: process.env['PATH'],
      BOOK_DATABASE_URL: api.stage.book.appUrl,
      BOOK_NAME: api.stage.book.namespace,
      TEMPORAL_ADDRESS: api.stage.book.address,
      API_PORT: '0',
      REHEARSAL_ISSUER: '0',
      OIDC_ISSUER: `${api.url}/rehearsal`,
      OIDC_AUDIENCE: 'southbound',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await eventually(() => Promise.resolve(/api ready (\S+)/.exec(out)?.[1]));
  const token = await api.tokenOf('ops-client-1');
  const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'find-me-again' };
  expect(
    (await fetch(`${url}/v1/settlement-days/SH/2025-06-23/overdrafts?cursor=6000000001`, { headers })).status,
  ).toBe(400);
  const forged = encodeURIComponent('\n{"level":30,"requestId":"forged-line"}\r\n');
  await fetch(`${url}/v1/tasks/${forged}?cursor=${forged}`, { headers: { authorization: `Bearer ${token}` } });
  await fetch(`${url}/${forged}`);
  await eventually(() => Promise.resolve(out.split('"status":404').length > 1 || undefined));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  const line = out.split('\n').find((text) => text.includes('find-me-again')) ?? '{}';
  expect(JSON.parse(line)).toMatchObject({
    requestId: 'find-me-again',
    method: 'GET',
    route: 'listOverdrafts',
    status: 400,
    code: 'INPUT_INVALID',
  });
  expect(out).not.toMatch(/ops-client|6000000001|Bearer/);
  expect(out).not.toContain(token);
  // What a caller writes never begins a line.
  expect(out).not.toContain('forged-line');
});

describe('a production book', () => {
  it('has no rehearsal issuer: the process does not start', async () => {
    await expect(openRehearsalIssuer('http://127.0.0.1:9', 'production')).rejects.toThrow('NOT_A_REHEARSAL');
    const book = await openTestBook('production');
    const pool = openPool(book.appUrl, 1);
    try {
      await pool.query(
        `insert into business_clock (book_name, book_kind, mode, now) values ($1, 'production', 'real', null)`,
        [book.namespace],
      );
      const start = (identity: object) =>
        startApi(
          readApiConfig({
            BOOK_DATABASE_URL: book.appUrl,
            BOOK_NAME: book.namespace,
            TEMPORAL_ADDRESS: book.address,
            API_PORT: '0',
            LOG_LEVEL: 'silent',
            ...identity,
          }),
        );
      await expect(start({ REHEARSAL_ISSUER: '1' })).rejects.toThrow('NOT_A_REHEARSAL');
      // Nor keys of codes that the next process does not know.
      const provider = { REHEARSAL_ISSUER: '0', OIDC_ISSUER: `${api.url}/rehearsal`, OIDC_AUDIENCE: 'southbound' };
      await expect(start(provider)).rejects.toThrow('ONE_TIME_CODE_KEY');
    } finally {
      await pool.end();
      await book.close();
    }
  });

  it.each<[object, string, string]>([
    [{}, 'OIDC_ISSUER', 'neither a provider nor a rehearsal'],
    [{ OIDC_ISSUER: 'https://id.example' }, 'OIDC_ISSUER', 'a provider without an audience'],
    [{ OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'southbound', REHEARSAL_ISSUER: '1' }, 'OIDC_ISSUER', 'both'],
    [{ REHEARSAL_ISSUER: '1', API_PORT: '70000' }, 'API_PORT', 'no such port'],
    [{ REHEARSAL_ISSUER: '1', BOOK_DATABASE_URL: 'mysql://x/y' }, 'BOOK_DATABASE_URL', 'another database'],
  ])('does not start with %j', (env, variable) => {
    const base = { BOOK_DATABASE_URL: 'postgresql://x/y', BOOK_NAME: 'x' };
    expect(() => readApiConfig({ ...base, ...env })).toThrow(variable);
  });
});
