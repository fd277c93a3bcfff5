/** The sealer of the audit: beside the processes of every book, also one whose clock is moved by hand, on real time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { sealAudit } from '../activities/audit/seal-audit';

/** Committed rows are chained within a second. */
const EVERY_MS = 500;

/** Goes on until the signal aborts, and seals once more then. A round that fails is told and tried again. */
export async function sealLoop(pool: Pool, log: Logger, signal: AbortSignal): Promise<void> {
  const seal = () =>
    sealAudit(pool).catch((error: unknown) => {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'seal audit');
    });
  while (!signal.aborted) {
    await seal();
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  await seal();
}
