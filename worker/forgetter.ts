/** Keeps the record of answered requests as long as its term says, beside the processes of every book, on real time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { forgetAnswers } from '../activities/intake/forget-answers';

const EVERY_MS = 3_600_000;
/** Workers that start together do not all begin with it. */
const FIRST_AFTER_MS = 60_000;

/** Goes on until the signal aborts. A round that fails is told and tried again. */
export async function forgetLoop(pool: Pool, log: Logger, signal: AbortSignal): Promise<void> {
  await sleep(FIRST_AFTER_MS, undefined, { signal }).catch(() => undefined);
  while (!signal.aborted) {
    await forgetAnswers(pool).catch((error: unknown) => {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'forget answers');
    });
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
