/** `Idempotency-Key`: the same key with the same request is answered the first answer again; another request: 422. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { canonicalJson } from '../domain/canonical-json';
import { claimKey, giveKeyBack, rememberAnswer, type KeptAnswer } from '../activities/intake/idempotency';
import { fault, Refused } from './problems';

/** What a write answers; a tentative answer says "ask again" and is not kept. */
export interface WriteAnswer extends KeptAnswer {
  /** Kept in place of the body. */
  readonly again?: unknown;
  readonly tentative?: boolean;
}

/** What makes a request the same request: caller and key find it, route and content must agree. */
export interface KeyedRequest {
  readonly actor: string;
  readonly key: string;
  readonly route: string;
  readonly content: unknown;
  /** After how long one that has no answer may be taken over; as the record has it where left away. */
  readonly takenOverAfterMs?: number | undefined;
  /** Whether the act has the key in the database too: asked again it answers as it did. */
  readonly isActKeyed?: boolean;
}

/** From one look at a request that is under way to the next: soon at first, then less often. */
const LOOK_AGAIN_MS = [10, 20, 40, 80, 160, 320] as const;
const LOOK_AGAIN_LATER_MS = 500;

/**
 * Runs `work` unless its answer is known. An answer that says "ask again" (5xx, tentative) is not kept; a refusal is.
 * Whoever repeats a request that is still worked on waits for its answer for a while, so that both get the same one.
 * @throws Refused REQUEST_IN_PROGRESS with Retry-After while the first is still being worked on, IDEMPOTENCY_MISMATCH
 */
export async function onceForKey(
  { pool, firstAnswerWithinMs }: { readonly pool: Pool; readonly firstAnswerWithinMs: number },
  request: KeyedRequest,
  work: () => Promise<WriteAnswer>,
): Promise<KeptAnswer & { readonly repeated: boolean }> {
  const { actor, key, route, takenOverAfterMs, isActKeyed = false } = request;
  const requestSha256 = createHash('sha256').update(canonicalJson(request.content)).digest('hex');
  const until = performance.now() + firstAnswerWithinMs;
  const claimed = { actor, key, route, requestSha256, takenOverAfterMs, isActKeyed };
  let claim = await claimKey(pool, claimed);
  for (let look = 0; claim.state === 'under way' && performance.now() < until; look += 1) {
    await sleep(LOOK_AGAIN_MS[look] ?? LOOK_AGAIN_LATER_MS);
    claim = await claimKey(pool, claimed);
  }
  switch (claim.state) {
    case 'other content':
      throw new Refused([fault('IDEMPOTENCY_MISMATCH', {}, 'Idempotency-Key')]);
    case 'under way':
      throw new Refused([fault('REQUEST_IN_PROGRESS', {}, 'Idempotency-Key')], { 'Retry-After': '1' });
    case 'answered':
      return { ...claim.answer, repeated: true };
    case 'claimed':
      break;
  }
  try {
    const answer = await work();
    if (answer.status >= 500 || answer.tentative === true) await giveKeyBack(pool, { actor, key });
    else
      await rememberAnswer(pool, { actor, key, isActKeyed, answer: { ...answer, body: answer.again ?? answer.body } });
    return { ...answer, repeated: false };
  } catch (error) {
    await giveKeyBack(pool, { actor, key }).catch(() => undefined);
    throw error;
  }
}
