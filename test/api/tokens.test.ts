/** Attacks on the token: a bearer gets in only with what the issuer signed, for us, for now. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { openApiStage, type ApiStage } from './stage';

const AUDIENCE = 'southbound';
const SUBJECT = 'rehearsal|supervisor-1';

let api: ApiStage;
let provider: Server;
let issuer: string;
let ours: CryptoKey;
let ourPublicPem: string;
let theirs: CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  ours = pair.privateKey;
  ourPublicPem = await exportSPKI(pair.publicKey);
  theirs = (await generateKeyPair('RS256')).privateKey;
  const key = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  provider = createServer((request, response) => {
    const answers: Readonly<Record<string, unknown>> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [key] },
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[request.url ?? ''] ?? {}));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  api = await openApiStage('tokens', {
    worker: false,
    env: { REHEARSAL_ISSUER: '0', OIDC_ISSUER: issuer, OIDC_AUDIENCE: AUDIENCE },
  });
});
afterAll(async () => {
  await api.close();
  provider.close();
});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const good = { aud: AUDIENCE, sub: SUBJECT };

interface Made {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: { readonly alg?: string; readonly kid?: string };
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
    grants: [{ role: 'supervisor', side: null, branch: null, mark: null }],
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
  { why: 'expired beyond the tolerance of 5 s', make: () => token({ claims: { exp: inSeconds(-7) } }) },
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

it.each([
  ['expired 3 s ago: within the tolerance of 5 s', { exp: -3 }],
  ['not valid before 3 s from now: within the tolerance', { nbf: 3 }],
])('still takes: %s', async (_, offsets: Readonly<Record<string, number>>) => {
  const claims = Object.fromEntries(Object.entries(offsets).map(([name, seconds]) => [name, inSeconds(seconds)]));
  expect(await statusWith(`Bearer ${await token({ claims })}`)).toBe(200);
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
