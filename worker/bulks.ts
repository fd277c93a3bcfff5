/** Many tasks at once: worked beside the processes of every book, also one whose clock is moved by hand, on real time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { workBulks } from '../activities/intake/work-bulks';
import type { IntakeDependencies } from '../activities/intake/dependencies';

const EVERY_MS = 1_000;

/** Goes on until the signal aborts. A round that fails is told and tried again. */
export async function bulkLoop(
  deps: Pick<IntakeDependencies, 'pool' | 'temporal'>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await workBulks(deps, () => signal.aborted).catch((error: unknown) => {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'work bulks');
    });
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
