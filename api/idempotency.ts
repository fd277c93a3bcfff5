/** `Idempotency-Key`: the same key with the same request is answered the first answer again; another request: 422. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalJson } from '../domain/canonical-json';
import { claimKey, giveKeyBack, rememberAnswer } from '../activities/intake/idempotency';
import { fault, Refused } from './problems';

/** An answer as it can be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
  readonly tentative?: boolean;
}

/** What makes a request the same request: caller and key find it, route and content must agree. */
export interface KeyedRequest {
  readonly actor: string;
  readonly key: string;
  readonly route: string;
  readonly content: unknown;
}

/**
 * Runs `work` unless its answer is known. An answer that says "ask again" (5xx, tentative) is not kept; a refusal is.
 * @throws Refused REQUEST_IN_PROGRESS with Retry-After while the first is still being worked on, IDEMPOTENCY_MISMATCH
 */
export async function onceForKey(
  pool: Pool,
  request: KeyedRequest,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer & { readonly repeated: boolean }> {
  const { actor, key, route } = request;
  const requestSha256 = createHash('sha256').update(canonicalJson(request.content)).digest('hex');
  const claim = await claimKey(pool, { actor, key, route, requestSha256 });
  switch (claim.state) {
    case 'other content':
      throw new Refused([fault('IDEMPOTENCY_MISMATCH', {}, 'Idempotency-Key')]);
    case 'under way':
      throw new Refused([fault('REQUEST_IN_PROGRESS', {}, 'Idempotency-Key')], { 'Retry-After': '1' });
    case 'answered':
      return { status: claim.status, body: claim.response, location: claim.location, repeated: true };
    case 'claimed':
      break;
  }
  try {
    const answer = await work();
    if (answer.status >= 500 || answer.tentative === true) await giveKeyBack(pool, { actor, key });
    else
      await rememberAnswer(pool, {
        actor,
        key,
        status: answer.status,
        response: answer.body,
        location: answer.location,
      });
    return { ...answer, repeated: false };
  } catch (error) {
    await giveKeyBack(pool, { actor, key }).catch(() => undefined);
    throw error;
  }
}
