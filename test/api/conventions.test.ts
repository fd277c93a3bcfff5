/** What HTTP asks of a server, on every route there is; and what is sent to no purpose, refused on every route that writes. */
import type { Express } from 'express';
import { createApp } from '../../api/app';
import { readApiConfig } from '../../api/config';
import { openApiDocument } from '../../api/openapi';
import type { Route } from '../../api/route';
import { routes } from '../../api/routes';
import { startApi } from '../../api/run';
import type { Services } from '../../api/services';
import { accessTo, type RouteId } from '../../api/policy';
import type { Role } from '../../domain/people/roles';
import { openMetrics } from '../../api/metrics';
import { PERSON_OF } from './people';
import { openApiStage, type ApiStage } from './stage';
import { ofEach } from '../support/side-by-side';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('conventions', { worker: false, env: { API_CORS_ORIGINS: '' } });
});
afterAll(() => api.close());

/** Somebody who may call a route. */
function personFor(route: Route): string {
  const access = accessTo(route.id);
  const role: Role = access === 'public' ? 'operations' : (access[0] ?? 'operations');
  return PERSON_OF[role];
}

/** The path of a route with something of the right shape, or something else, for each of its parameters. */
const pathOf = (route: Route, values: Readonly<Record<string, string>> = {}): string =>
  route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? (name === 'channel' ? 'SH' : name === 'date' ? '2025-06-22' : '999999')),
  );

const methodOf = (route: Route) => route.method.toUpperCase() as 'GET' | 'PUT' | 'POST';
const writers = routes.filter(({ method }) => method !== 'get');
const readers = routes.filter(({ method, stream }) => method === 'get' && stream === undefined);

describe('the document is complete', () => {
  it('names every route that Express serves, and serves every route that it names', () => {
    const app = createApp({ metrics: openMetrics(api.pool) } as Services);
    const documented = Object.entries(openApiDocument(routes).paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const served = servedBy(app).filter((line) => !line.startsWith('options '));
    expect([...new Set(served)].sort()).toEqual(documented.sort());
  });
});

/** Lines "method path" of an application; handlers of every method (405) are none of a route. */
function servedBy(app: Express): string[] {
  interface Layer {
    readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  }
  return (app.router.stack as unknown as readonly Layer[]).flatMap(({ route }) =>
    route === undefined || route.methods['_all'] === true || Object.keys(route.methods).length > 5
      ? []
      : Object.keys(route.methods).map((method) => `${method} ${route.path}`),
  );
}

describe.each(routes.map((route) => [route.id, route] as const))('%s', (_, route) => {
  const where = pathOf(route);

  it('tells what may be done at its path, and refuses the rest', async () => {
    const options = await api.call('OPTIONS', where);
    expect(options.status).toBe(204);
    const allow = (options.headers.get('allow') ?? '').split(', ');
    expect(allow).toEqual(expect.arrayContaining([methodOf(route), 'OPTIONS']));
    expect(allow.includes('HEAD')).toBe(allow.includes('GET'));
    const refused = await api.call('DELETE', where);
    expect([refused.status, refused.body.code, refused.headers.get('allow')]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      allow.join(', '),
    ]);
  });

  it('answers in its own media type only, lets no script of another origin in, and is kept by nobody', async () => {
    const answer = await api.call(methodOf(route), where, {
      as: personFor(route),
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET', accept: 'image/png' },
      ...(route.method === 'get' ? {} : { body: {} }),
    });
    expect([answer.status, answer.body.errors.some(({ code }: { code: string }) => code === 'NOT_ACCEPTABLE')]).toEqual(
      [406, true],
    );
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-powered-by')).toBeNull();
  });
});

it.each(readers.map((route) => [route.id, route] as const))(
  '%s answers HEAD as GET, without a body',
  async (_, route) => {
    const asked = { as: personFor(route) };
    const [got, head] = [await api.call('GET', pathOf(route), asked), await api.call('HEAD', pathOf(route), asked)];
    expect([head.status, head.body === '' || head.body === undefined]).toEqual([got.status, true]);
  },
);

/** Names by which a caller may hope to set what is not the caller's to set. */
const EXTRAS = {
  role: 'supervisor',
  approved: true,
  amountFen: '1',
  person: 'ops-client-2',
  status: 'done',
  constructor: { prototype: { admin: true } },
};

describe.each(writers.map((route) => [route.id, route] as const))('%s', (_, route) => {
  const as = personFor(route);

  it('refuses each field that it does not know', async () => {
    const foreign = Object.entries(EXTRAS).filter(([name]) => !Object.keys(route.body?.shape ?? {}).includes(name));
    const body = Object.fromEntries(foreign);
    const answer = await api.call(methodOf(route), pathOf(route), { as, body });
    expect(answer.status).toBe(400);
    for (const [name] of foreign)
      expect(answer.body.errors).toContainEqual(expect.objectContaining({ field: name, code: 'FIELD_UNKNOWN' }));
  });

  it('takes nothing from __proto__, and refuses it', async () => {
    const answer = await api.call(methodOf(route), pathOf(route), { as, body: '{"__proto__":{"role":"supervisor"}}' });
    expect(answer.status).toBe(400);
    expect(({} as Record<string, unknown>)['role']).toBeUndefined();
  });

  it('refuses a body that is not JSON, whatever it holds', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await api.call(methodOf(route), pathOf(route), { as, body: 'role=supervisor', headers });
    expect([answer.status, answer.body.errors.map(({ code }: { code: string }) => code)]).toEqual([
      expect.any(Number),
      expect.arrayContaining(['MEDIA_TYPE_UNSUPPORTED']),
    ]);
  });

  it('refuses a condition that it does not look at', async () => {
    if (route.ifMatch || !route.writes) return;
    const headers = { 'if-match': '"anything"' };
    const answer = await api.call(methodOf(route), pathOf(route), { as, body: {}, headers });
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field: 'If-Match' }));
  });
});

/** What attacks look like; none of it is a channel, a date, a number of a row or a cursor. */
const HOSTILE = [
  "1' or '1'='1'; drop table audit; --",
  '../..%2f..%2fetc%2fpasswd',
  'x\r\nSet-Cookie: session=1<script>alert(1)</script>${jndi:ldap://x/y}',
  '\u0000',
  '-1',
  '99999999999999999999',
  '１２３',
  'a'.repeat(400),
];

describe('hostile values', () => {
  const traces = async () =>
    (
      await api.pool.query(`select (select count(*) from outbox) as messages, (select count(*) from tasks) as tasks,
        (select count(*) from audit where outcome = 'done' and action not like 'read %') as done, (select count(*) from processes) as processes`)
    ).rows;

  /** Of what the schema of a route refuses at its door each route is asked one, another one each; of what gets past it, everything. */
  it.each(routes.map((route, nth) => [route.id, route, nth] as const))(
    '%s: no fault of ours, no effect',
    async (_, route, nth) => {
      const before = await traces();
      const past: string[] = [];
      const atTheDoor: string[] = [];
      for (const value of HOSTILE) {
        for (const name of Object.keys(route.params?.shape ?? {}))
          (isRefusedAtTheDoor(route.params, name, value) ? atTheDoor : past).push(pathOf(route, { [name]: value }));
        for (const name of Object.keys(route.query?.shape ?? {}))
          (isRefusedAtTheDoor(route.query, name, value) ? atTheDoor : past).push(
            `${pathOf(route)}?${new URLSearchParams([[name, value]]).toString()}`,
          );
      }
      await ofEach([...past, ...(atTheDoor.length === 0 ? [] : [atTheDoor[nth % atTheDoor.length]!])], (where) =>
        refused(route, where),
      );
      expect(await traces()).toEqual(before);
    },
  );

  /** Whether the schema that every request is read by finds fault with the field itself. */
  const isRefusedAtTheDoor = (schema: Route['params'], name: string, value: string): boolean =>
    schema?.safeParse({ [name]: value }).error?.issues.some(({ path: [field] }) => field === name) === true;

  async function refused(route: Route, where: string): Promise<void> {
    const answer = await api.call(methodOf(route), where, {
      as: personFor(route),
      ...(route.method === 'get' ? {} : { body: {} }),
    });
    expect([where, answer.status < 500]).toEqual([where, true]);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(JSON.stringify(answer.body) ?? '').not.toMatch(/syntax error|at character|relation "|node_modules/);
  }
});

it('refuses text that no database holds, wherever it stands', async () => {
  const body = (reason: string) => `{"revision":1,"form":{"deep":[{"reason":"${reason}"}]}}`;
  for (const [reason, why] of [
    ['\\u0000', 'a zero byte'],
    ['\\ud800', 'half of a character'],
  ] as const) {
    const answer = await api.call('POST', '/v1/tasks/999999/completion', { as: 'ops-client-1', body: body(reason) });
    expect([why, answer.status, answer.body.errors[0].field]).toEqual([why, 400, 'form.deep.0.reason']);
  }
  const whole = await api.call('POST', '/v1/tasks/999999/completion', {
    as: 'ops-client-1',
    body: body('\\ud842\\udfb7'),
  });
  expect(whole.body.code).toBe('NOT_FOUND');
});

it('refuses what is nested deeper than anybody reads, and reads what is less deep', async () => {
  const ask = (depth: number) =>
    api.call('POST', '/v1/tasks/999999/completion', {
      as: 'ops-client-1',
      body: `{"revision":1,"form":{"deep":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
    });
  expect((await ask(31)).body.code).toBe('NOT_FOUND');
  for (const depth of [32, 20_000])
    expect((await ask(depth)).body).toMatchObject({ status: 400, errors: [{ code: 'INPUT_INVALID', field: 'body' }] });
});

/** What a list must be asked with, whatever else is asked. */
const ASKED_WITH: Partial<Record<RouteId, string>> = {
  listSurveys: 'occasion=mobile+opening&period=2025-06&',
  listSurveyAnswers: 'occasion=mobile+opening&period=2025-06&',
};

const faultyFields = (parsed: ReturnType<NonNullable<Route['query']>['safeParse']> | undefined) =>
  parsed?.error?.issues.map(({ path: [field] }) => field);

describe('a list', () => {
  const lists = readers.filter(
    ({ query, params }) =>
      // A page of something that is not there is not there.
      query !== undefined &&
      'cursor' in query.shape &&
      Object.keys(params?.shape ?? {}).every((name) => name === 'channel' || name === 'date'),
  );

  it.each(lists.map((route) => [route.id, route] as const))(
    '%s has pages of 1 to 200, and cursors of its own only',
    async (_, route) => {
      const as = personFor(route);
      const ask = async (query: string) =>
        (await api.call('GET', `${pathOf(route)}?${ASKED_WITH[route.id] ?? ''}${query}`, { as })).body;
      for (const limit of ['0', '201', '-1', '1.5', 'all', '', ['1', '2']])
        expect([limit, faultyFields(route.query?.safeParse({ limit }))]).toEqual([
          limit,
          expect.arrayContaining(['limit']),
        ]);
      expect((await ask('limit=201')).errors?.map(({ field }: { field: string }) => field)).toEqual(['limit']);
      // Opaque, and not to be written by hand: what stands in it is checked, and so is how it is spelt.
      await ofEach(['{}', '[]', '["1","2","3","4","5"]', '["1 or 1=1"]', '[1]', 'null', 'x'], async (content) => {
        const cursor = Buffer.from(content).toString('base64url');
        expect([content, (await ask(`cursor=${cursor}`)).errors?.[0]]).toEqual([
          content,
          expect.objectContaining({ field: 'cursor', code: 'INPUT_INVALID' }),
        ]);
      });
      expect((await ask('page=2')).errors?.[0]).toMatchObject({ field: 'page', code: 'FIELD_UNKNOWN' });
    },
  );
});

describe('another set-up', () => {
  const started = (env: Readonly<Record<string, string>>) =>
    startApi(
      readApiConfig({
        BOOK_DATABASE_URL: api.stage.book.appUrl,
        BOOK_NAME: api.stage.book.namespace,
        TEMPORAL_ADDRESS: api.stage.book.address,
        API_PORT: '0',
        OIDC_ISSUER: `${api.url}/rehearsal`,
        OIDC_AUDIENCE: 'southbound',
        LOG_LEVEL: 'silent',
        ...env,
      }),
    );

  it('lets scripts of the origins in that it names, and of no other, never with credentials', async () => {
    const other = await started({ API_CORS_ORIGINS: 'https://desk.example,https://wall.example' });
    try {
      const preflight = (origin: string) =>
        fetch(`${other.url}/v1/tasks`, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'PUT' },
        });
      const named = await preflight('https://wall.example');
      expect([named.status, named.headers.get('access-control-allow-origin'), named.headers.get('vary')]).toEqual([
        204,
        'https://wall.example',
        'Origin',
      ]);
      expect(named.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
      expect(named.headers.get('access-control-allow-credentials')).toBeNull();
      for (const origin of [
        'https://evil.example',
        'https://wall.example.evil.example',
        'http://wall.example',
        'null',
      ]) {
        expect([origin, (await preflight(origin)).headers.get('access-control-allow-origin')]).toEqual([origin, null]);
      }
      const read = await fetch(`${other.url}/health/live`, { headers: { origin: 'https://desk.example' } });
      expect(read.headers.get('access-control-expose-headers')).toContain('ETag');
    } finally {
      await other.stop();
    }
  });

  it.each(['https://desk.example/', 'desk.example', '*', 'https://desk.example/path'])(
    'does not start with the origin %s',
    (origins) => {
      const env = { BOOK_DATABASE_URL: 'postgresql://x/y', BOOK_NAME: 'x', REHEARSAL_ISSUER: '1' };
      expect(() => readApiConfig({ ...env, API_CORS_ORIGINS: origins })).toThrow('API_CORS_ORIGINS');
    },
  );

  it('slows down a person, whatever the address; another person goes on', async () => {
    const other = await started({ API_PERSON_REQUESTS_PER_MINUTE: '3', API_PROXIES: '1' });
    try {
      const ask = async (person: string, address: string) => {
        const headers = { authorization: `Bearer ${await api.tokenOf(person)}`, 'x-forwarded-for': address };
        return fetch(`${other.url}/v1/me`, { headers });
      };
      const statuses: number[] = [];
      for (let turn = 1; turn <= 4; turn += 1) statuses.push((await ask('ops-client-1', `10.0.0.${turn}`)).status);
      expect(statuses).toEqual([200, 200, 200, 429]);
      expect((await ask('ops-client-1', '10.0.0.9')).headers.get('retry-after')).toBe('60');
      expect((await ask('ops-client-2', '10.0.0.9')).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});
