/**
 * Who is calling. The token only proves the subject; person, roles, side and branch come from our own directory, as in
 * force on the business date. Token life runs on real time, grants on the business clock.
 */
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Pool } from 'pg';
import { SIDES, type Side } from '../domain/channel';
import type { Grant } from '../domain/people/grants';
import { isRole, type Role } from '../domain/people/roles';
import { BusinessError } from '../domain/errors';
import { z } from './zod';

/** Signatures by a key pair only: no `none`, and no shared secret that a public key could be mistaken for. */
const ALGORITHMS = ['ES256', 'PS256', 'RS256', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 5;
/** A key that is not known is looked for at the issuer, which strangers must not be able to keep busy. */
const KEYS_ASKED_AGAIN_AFTER_MS = 1_000;
/** How long a key that the issuer took back is still believed. */
const KEYS_KEPT_MS = 300_000;

/** A person of the directory with the grants in force today. */
export interface Caller {
  readonly person: string;
  readonly grants: readonly Grant[];
  /** Principal for whom the caller acts by delegation; the grants are then those of the delegation. */
  readonly onBehalfOf?: string;
}

/**
 * The subject of a bearer token.
 * @throws BusinessError UNAUTHENTICATED for any token that is not ours, not now, or not signed by the issuer
 */
export type VerifyToken = (token: string) => Promise<string>;

/** Verifies tokens of one issuer for one audience; keys come from its discovery document when first needed. */
export function oidcVerifier({
  issuer,
  audience,
}: {
  readonly issuer: string;
  readonly audience: string;
}): VerifyToken {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const keysOfIssuer = () =>
    (keys ??= discoverKeys(issuer).catch((error: unknown) => {
      // A provider that was away a moment ago is asked again with the next token.
      keys = undefined;
      throw error;
    }));
  return async (token) => {
    const getKey = await keysOfIssuer();
    try {
      const { payload } = await jwtVerify(token, getKey, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      if (typeof payload.sub === 'string' && payload.sub !== '') return payload.sub;
    } catch (error) {
      if (isIssuerAway(error)) throw new BusinessError('OUTSIDE_SYSTEM_UNAVAILABLE', { system: 'OIDC' });
      if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
    }
    throw new BusinessError('UNAUTHENTICATED');
  };
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const away = () => new BusinessError('OUTSIDE_SYSTEM_UNAVAILABLE', { system: 'OIDC' });
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  const found = discovery.safeParse(await answer?.json().catch(() => undefined));
  if (!answer?.ok || !found.success || found.data.issuer !== issuer) throw away();
  return createRemoteJWKSet(new URL(found.data.jwks_uri), {
    timeoutDuration: 5_000,
    cooldownDuration: KEYS_ASKED_AGAIN_AFTER_MS,
    cacheMaxAge: KEYS_KEPT_MS,
  });
}

/** The key set could not be had: not the token's fault. What `fetch` throws is told by its words: it may be of another realm. */
const isIssuerAway = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') ||
  (error as { readonly message?: unknown } | null)?.message === 'fetch failed';

/** The person of a subject with the grants in force on the business date; nothing for a stranger or one who left. */
export async function callerOfSubject(pool: Pool, subject: string): Promise<Caller | undefined> {
  const { rows } = await pool.query<{
    person: string;
    role: string | null;
    side: Side | null;
    branch: string | null;
    mark: 'deputy' | 'head' | null;
  }>({
    name: 'caller of a subject',
    text: `select p.person, g.role, g.side, g.branch, g.mark
       from people p
       left join grants g on g.person = p.person
        and g.valid_from <= (business_now() at time zone 'Asia/Shanghai')::date
        and (g.valid_to is null or (business_now() at time zone 'Asia/Shanghai')::date < g.valid_to)
      where p.subject = $1 and p.active
      order by g.grant_id`,
    values: [subject],
  });
  const [first] = rows;
  if (first === undefined) return undefined;
  const grants = rows.flatMap(({ role, side, branch, mark }) =>
    role !== null && isRole(role) ? [{ role, side, branch, mark }] : [],
  );
  return { person: first.person, grants };
}

/** Roles of a caller, each once. */
export const rolesOf = (caller: Caller): readonly Role[] => [...new Set(caller.grants.map(({ role }) => role))];

/** Whether a caller holds one of the roles. */
export const holdsAnyOf = (caller: Caller, roles: readonly Role[]): boolean =>
  caller.grants.some(({ role }) => roles.includes(role));

/** Supervisor, compliance, audit and the general manager read both sides; everybody else the side of the grant. */
export const READS_BOTH_SIDES: readonly Role[] = ['supervisor', 'compliance', 'audit', 'general_manager'];

/** The sides whose figures a caller may see. */
export function sidesReadBy(caller: Caller): readonly Side[] {
  if (holdsAnyOf(caller, READS_BOTH_SIDES)) return SIDES;
  return SIDES.filter((side) => caller.grants.some((grant) => grant.side === side));
}

/** As `sidesReadBy`, for filters: nothing where a caller reads whatever there is. */
export const onlySidesReadBy = (caller: Caller): readonly Side[] | null =>
  holdsAnyOf(caller, READS_BOTH_SIDES) ? null : sidesReadBy(caller);
