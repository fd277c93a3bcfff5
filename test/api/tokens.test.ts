/** Attacks on the token: a bearer gets in only with what the issuer signed, for us, for now. */
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { readApiConfig } from '../../api/config';
import { startApi, type RunningApi } from '../../api/run';
import { openApiStage, type ApiStage } from './stage';
import { eventually } from '../support/eventually';

const AUDIENCE = 'southbound';
const SUBJECT = 'rehearsal|supervisor-1';

let api: ApiStage;
/** The same book behind the issuer of a rehearsal. */
let rehearsal: RunningApi;
let provider: Provider;
let issuer: string;
let ours: CryptoKey;
let ourPublicPem: string;
let theirs: CryptoKey;

/** An identity provider of which a test decides what it serves and whether it answers. */
interface Provider {
  readonly issuer: string;
  /** Paths that were asked for. */
  readonly asked: string[];
  keys: readonly JWK[];
  /** Paths that are away. */
  away: readonly string[];
  readonly close: () => void;
}

const DISCOVERY = '/.well-known/openid-configuration';

async function openProvider(keys: readonly JWK[]): Promise<Provider> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    opened.asked.push(path);
    const answers: Readonly<Record<string, unknown>> = {
      [DISCOVERY]: { issuer: opened.issuer, jwks_uri: `${opened.issuer}/keys` },
      '/keys': { keys: opened.keys },
    };
    if (opened.away.includes(path)) request.socket.destroy();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[path] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const opened: Provider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    keys,
    away: [],
    close: () => server.close(),
  };
  return opened;
}

async function keyPair(
  kid: string,
): Promise<{ readonly privateKey: CryptoKey; readonly jwk: JWK; readonly pem: string }> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  return { privateKey, jwk, pem: await exportSPKI(publicKey) };
}

const startBeside = (env: Readonly<Record<string, string>>): Promise<RunningApi> =>
  startApi(
    readApiConfig({
      BOOK_DATABASE_URL: api.stage.book.appUrl,
      BOOK_NAME: api.stage.book.namespace,
      TEMPORAL_ADDRESS: api.stage.book.address,
      API_PORT: '0',
      LOG_LEVEL: 'silent',
      ...env,
    }),
  );

beforeAll(async () => {
  const pair = await keyPair('k1');
  ours = pair.privateKey;
  ourPublicPem = pair.pem;
  theirs = (await generateKeyPair('RS256')).privateKey;
  provider = await openProvider([pair.jwk]);
  issuer = provider.issuer;
  api = await openApiStage('tokens', {
    worker: false,
    env: { REHEARSAL_ISSUER: '0', OIDC_ISSUER: issuer, OIDC_AUDIENCE: AUDIENCE },
  });
  rehearsal = await startBeside({ REHEARSAL_ISSUER: '1' });
});
afterAll(async () => {
  await rehearsal.stop();
  await api.close();
  provider.close();
});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const good = { aud: AUDIENCE, sub: SUBJECT };

interface Made {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, string>>;
  readonly key?: CryptoKey | Uint8Array;
}

/** A token that is right in everything that is not said otherwise; a claim set to undefined is left out. */
function token({ claims = {}, header = {}, key = ours }: Made = {}): Promise<string> {
  const all = { ...good, iss: issuer, exp: inSeconds(60), ...claims };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(given).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key);
}

async function statusWith(authorization: string | undefined): Promise<number> {
  const answer = await api.call('GET', '/v1/me', authorization === undefined ? {} : { headers: { authorization } });
  if (answer.status === 401) expect(answer.body).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  return answer.status;
}

it('lets the right token in, and takes the roles from the directory', async () => {
  const authorization = `Bearer ${await token()}`;
  const { status, body } = await api.call('GET', '/v1/me', { headers: { authorization } });
  expect(status).toBe(200);
  expect(body).toEqual({
    person: 'supervisor-1',
    grants: [
      {
        role: 'supervisor',
        side: null,
        branch: null,
        mark: null,
        inChargeOf: [],
        restriction: null,
        validTo: null,
      },
    ],
    actsFor: [],
    actedForBy: [],
  });
});

it('takes no role from the token', async () => {
  const authorization = `Bearer ${await token({ claims: { sub: 'rehearsal|admin-1', roles: ['supervisor'], role: 'supervisor' } })}`;
  const { body } = await api.call('GET', '/v1/settlement-days', { headers: { authorization } });
  expect(body.code).toBe('ROLE_MISSING');
});

const attacks: readonly { readonly why: string; readonly make: () => Promise<string> | string }[] = [
  {
    why: 'alg none, no signature',
    make: () => `${part({ alg: 'none' })}.${part({ ...good, iss: issuer, exp: inSeconds(60) })}.`,
  },
  {
    why: 'alg None, spelt otherwise',
    make: () => `${part({ alg: 'None', kid: 'k1' })}.${part({ ...good, iss: issuer, exp: inSeconds(60) })}.`,
  },
  {
    why: 'HS256 signed with our public key as the secret',
    make: () => token({ header: { alg: 'HS256' }, key: new TextEncoder().encode(ourPublicPem) }),
  },
  {
    why: 'HS256 with a guessed secret',
    make: () =>
      token({ header: { alg: 'HS256' }, key: new TextEncoder().encode('secret-secret-secret-secret-secret') }),
  },
  { why: 'another issuer', make: () => token({ claims: { iss: 'http://127.0.0.1:9' } }) },
  { why: 'no issuer', make: () => token({ claims: { iss: undefined } }) },
  { why: 'another audience', make: () => token({ claims: { aud: 'another-system' } }) },
  { why: 'no audience', make: () => token({ claims: { aud: undefined } }) },
  { why: 'expired 7 s ago, beyond the tolerance of 5 s', make: () => token({ claims: { exp: inSeconds(-7) } }) },
  { why: 'never expires', make: () => token({ claims: { exp: undefined } }) },
  { why: 'not valid before a minute from now', make: () => token({ claims: { nbf: inSeconds(60) } }) },
  { why: 'a key that the issuer does not have', make: () => token({ header: { kid: 'k2' }, key: theirs }) },
  { why: 'signed by another key under the name of ours', make: () => token({ key: theirs }) },
  { why: 'no subject', make: () => token({ claims: { sub: undefined } }) },
  { why: 'a subject who is not in the directory', make: () => token({ claims: { sub: 'rehearsal|nobody' } }) },
  {
    why: 'a claim edited after signing',
    make: async () => {
      const [header = '', , signature = ''] = (await token({ claims: { sub: 'rehearsal|client-1' } })).split('.');
      return `${header}.${part({ ...good, iss: issuer, exp: inSeconds(60) })}.${signature}`;
    },
  },
  {
    why: 'its own key in the header',
    make: async () => {
      const pair = await generateKeyPair('RS256', { extractable: true });
      const jwk = await exportJWK(pair.publicKey);
      return new SignJWT({ ...good, iss: issuer, exp: inSeconds(60) })
        .setProtectedHeader({ alg: 'RS256', jwk })
        .sign(pair.privateKey);
    },
  },
  {
    why: 'the signature stripped, the algorithm left as it was',
    make: async () => `${(await token()).split('.').slice(0, 2).join('.')}.`,
  },
  {
    why: 'the signature of another token',
    make: async () => {
      const [header, payload] = (await token()).split('.');
      const [, , signature] = (await token({ claims: { sub: 'rehearsal|client-1' } })).split('.');
      return [header, payload, signature].join('.');
    },
  },
  {
    why: 'kid that climbs to a file whose content is known, as the secret',
    make: () => token({ header: { alg: 'HS256', kid: '../../../../../dev/null' }, key: new Uint8Array(32) }),
  },
  {
    why: 'kid that climbs to a file, signed by a stranger',
    make: () => token({ header: { kid: '../../../../../etc/passwd' }, key: theirs }),
  },
  {
    why: 'kid with SQL in it',
    make: () => token({ header: { kid: `k1' union select 'secret' --` }, key: theirs }),
  },
  { why: 'an empty kid', make: () => token({ header: { kid: '' }, key: theirs }) },
  {
    why: 'a critical extension that nobody here knows',
    make: async () => {
      const [, payload, signature] = (await token()).split('.');
      return [part({ alg: 'RS256', kid: 'k1', crit: ['b64'], b64: false }), payload, signature].join('.');
    },
  },
  { why: 'longer than any token of ours', make: () => token({ claims: { padding: 'x'.repeat(9_000) } }) },
  { why: 'half a token', make: async () => (await token()).split('.').slice(0, 2).join('.') },
  { why: 'no token at all', make: () => 'x' },
];
it.each(attacks)('refuses: $why', async ({ make }) => {
  expect(await statusWith(`Bearer ${await make()}`)).toBe(401);
});

it.each([
  ['nothing', undefined],
  ['Basic instead of Bearer', 'Basic c3VwZXJ2aXNvcjpzdXBlcnZpc29y'],
  ['Bearer and nothing', 'Bearer '],
])('refuses: %s', async (_, authorization) => {
  expect(await statusWith(authorization)).toBe(401);
});

it.each<[why: string, status: number, offsets: Readonly<Record<string, number>>]>([
  ['expired 3 s ago: within the tolerance of 5 s', 200, { exp: -3 }],
  ['not valid before 3 s from now: within the tolerance', 200, { nbf: 3 }],
  ['not valid before 7 s from now: beyond it', 401, { nbf: 7 }],
])('to the second: %s: %i', async (_, status, offsets) => {
  // An answer that took a second and more is one of another moment: asked again.
  for (;;) {
    const began = performance.now();
    const claims = Object.fromEntries(Object.entries(offsets).map(([name, seconds]) => [name, inSeconds(seconds)]));
    const told = await statusWith(`Bearer ${await token({ claims })}`);
    if (performance.now() - began >= 1_000) continue;
    expect(told).toBe(status);
    return;
  }
});

it.each(['jku', 'x5u'])('asks no address that the token names in %s', async (header) => {
  const stranger = await openProvider([(await keyPair('evil')).jwk]);
  const { privateKey, jwk } = await keyPair('evil');
  stranger.keys = [jwk];
  const made = await token({ header: { kid: 'evil', [header]: `${stranger.issuer}/keys` }, key: privateKey });
  expect(await statusWith(`Bearer ${made}`)).toBe(401);
  expect(stranger.asked).toEqual([]);
  stranger.close();
});

it('refuses two Authorization headers, whichever comes first', async () => {
  const [good, bad] = [`Bearer ${await token()}`, `Bearer ${await token({ key: theirs })}`];
  const statusOfBoth = (authorization: string[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpRequest(`${api.url}/v1/me`, { headers: { authorization } as never }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await statusOfBoth([good])).toBe(200);
  expect(await statusOfBoth([good, bad])).toBe(401);
  expect(await statusOfBoth([bad, good])).toBe(401);
  expect(await statusOfBoth([good, good])).toBe(401);
});

it('does not even read a token of a megabyte', async () => {
  const { status } = await fetch(`${api.url}/v1/me`, { headers: { authorization: `Bearer ${'x'.repeat(1_000_000)}` } });
  expect(status).toBe(431);
});

it('lets nobody in who has left, from that moment on, whatever the token says', async () => {
  await api.pool.query(`insert into people (person, subject, department) values ('leaver', 'rehearsal|leaver', 'd')`);
  const authorization = `Bearer ${await token({ claims: { sub: 'rehearsal|leaver' } })}`;
  // Known, though without any role.
  expect(await statusWith(authorization)).toBe(403);
  await api.pool.query(`update people set active = false where person = 'leaver'`);
  expect(await statusWith(authorization)).toBe(401);
});

it('takes no token of another environment', async () => {
  const issued = await fetch(`${rehearsal.url}/rehearsal/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person: 'supervisor-1' }),
  });
  const { token: ofRehearsal } = (await issued.json()) as { token: string };
  const statusAt = async (url: string, bearer: string) =>
    (await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${bearer}` } })).status;
  expect(await statusAt(rehearsal.url, ofRehearsal)).toBe(200);
  expect(await statusAt(api.url, ofRehearsal)).toBe(401);
  expect(await statusAt(rehearsal.url, await token())).toBe(401);
  // Nor one that says that it comes from there.
  expect(await statusAt(rehearsal.url, await token({ claims: { iss: `${rehearsal.url}/rehearsal` } }))).toBe(401);
});

it('finds a new key of the issuer by itself, and refuses the one that was taken back', async () => {
  const next = await keyPair('k2');
  const before = provider.keys;
  const old = `Bearer ${await token()}`;
  const renewed = `Bearer ${await token({ header: { kid: 'k2' }, key: next.privateKey })}`;
  expect(await statusWith(old)).toBe(200);
  expect(await statusWith(renewed)).toBe(401);
  provider.keys = [next.jwk];
  await eventually(async () => ((await statusWith(renewed)) === 200 ? true : undefined));
  expect(await statusWith(old)).toBe(401);
  provider.keys = before;
  await eventually(async () => ((await statusWith(old)) === 200 ? true : undefined));
});

it('asks the issuer for unknown keys once a second at most', async () => {
  const stray = `Bearer ${await token({ header: { kid: 'k9' }, key: theirs })}`;
  const before = provider.asked.length;
  const began = performance.now();
  await Promise.all(Array.from({ length: 40 }, () => statusWith(stray)));
  expect(provider.asked.length - before).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - began) / 1_000));
});

it.each([
  ['its discovery', DISCOVERY],
  ['its keys', '/keys'],
])('answers 503 while %s are away, and 200 when they are back', async (_, path) => {
  const pair = await keyPair('k1');
  const away = await openProvider([pair.jwk]);
  away.away = [path];
  const late = await startBeside({ OIDC_ISSUER: away.issuer, OIDC_AUDIENCE: AUDIENCE });
  const authorization = `Bearer ${await token({ claims: { iss: away.issuer }, key: pair.privateKey })}`;
  const ask = async () => {
    const answer = await fetch(`${late.url}/v1/me`, { headers: { authorization } });
    return [answer.status, ((await answer.json()) as { code?: string }).code ?? ''];
  };
  expect(await ask()).toEqual([503, 'OUTSIDE_SYSTEM_UNAVAILABLE']);
  away.away = [];
  expect((await ask())[0]).toBe(200);
  // Keys that are known outlive a provider that is away.
  away.away = [DISCOVERY, '/keys'];
  expect((await ask())[0]).toBe(200);
  await late.stop();
  away.close();
});

it('has no rehearsal issuer beside a real one', async () => {
  for (const [method, path] of [
    ['GET', '/rehearsal/people'],
    ['POST', '/rehearsal/tokens'],
    ['GET', '/rehearsal/jwks'],
    ['GET', '/rehearsal/.well-known/openid-configuration'],
  ] as const) {
    const { status } = await api.call(method, path, method === 'POST' ? { body: { person: 'supervisor-1' } } : {});
    expect([path, status]).toEqual([path, 404]);
  }
});
