/** Rungs that are due, rung beside the processes of a real book, so that none waits for the others. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Dependencies } from '../activities/dependencies';
import { ringDue } from '../activities/ladders/ring-due';

const EVERY_MS = 1_000;
/** A worker that comes back looks at what came due while none was there. */
const AT_FIRST_MINUTES = 24 * 60;
const THEN_MINUTES = 15;

/** Goes on until the signal aborts. A round that fails is told and tried again. */
export async function ringLoop(deps: Pick<Dependencies, 'pool'>, log: Logger, signal: AbortSignal): Promise<void> {
  let minutes = AT_FIRST_MINUTES;
  while (!signal.aborted) {
    try {
      await ringDue(deps, minutes);
      minutes = THEN_MINUTES;
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'ring what is due');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
