/**
 * The identity provider of a rehearsal: gives a token for any test person to whoever asks. It speaks what a real one
 * speaks (discovery, key set, signed tokens), so that the way a token is checked is the same everywhere. A production
 * book refuses to start with it.
 */
import { Router } from 'express';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { BusinessError } from '../domain/errors';

export const REHEARSAL_AUDIENCE = 'southbound';
const TOKEN_LIFE_SECONDS = 8 * 3_600;
const KEY_ID = 'rehearsal';

export interface RehearsalIssuer {
  readonly issuer: string;
  readonly discovery: { readonly issuer: string; readonly jwks_uri: string };
  readonly keySet: { readonly keys: readonly JWK[] };
  /** A token for a subject of the directory, valid for eight hours. */
  issue(subject: string): Promise<{ readonly token: string; readonly expiresInSeconds: number }>;
}

/**
 * @param apiUrl address at which this API is reached, without a slash at the end
 * @throws BusinessError NOT_A_REHEARSAL on a production book
 */
export async function openRehearsalIssuer(apiUrl: string, bookKind: string): Promise<RehearsalIssuer> {
  if (bookKind === 'production') throw new BusinessError('NOT_A_REHEARSAL');
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const issuer = `${apiUrl}/rehearsal`;
  const key: JWK = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'ES256', use: 'sig' };
  return {
    issuer,
    discovery: { issuer, jwks_uri: `${issuer}/jwks` },
    keySet: { keys: [key] },
    issue: async (subject) => ({
      token: await new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: KEY_ID, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(REHEARSAL_AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_LIFE_SECONDS} s`)
        .sign(privateKey),
      expiresInSeconds: TOKEN_LIFE_SECONDS,
    }),
  };
}

/** Where its discovery document and its keys are found. */
export function rehearsalIssuerRoutes({ discovery, keySet }: RehearsalIssuer): Router {
  const router = Router();
  router.get('/rehearsal/.well-known/openid-configuration', (_, response) => void response.json(discovery));
  router.get('/rehearsal/jwks', (_, response) => void response.json(keySet));
  return router;
}
