/**
 * The sealer of the audit: beside the processes of every book, also one whose clock is moved by hand, on real time. It seals,
 * and writes anchors outside of the database. Nothing waits for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { anchorAudit } from '../activities/audit/anchor-audit';
import { sealAudit } from '../activities/audit/seal-audit';
import type { AnchorStore } from '../adapters/anchors/anchors-port';

/** Committed rows are chained within a second. */
const EVERY_MS = 500;
/** A folder that could not be written to is tried again after so long. */
const ANCHOR_AGAIN_MS = 10_000;

/** Goes on until the signal aborts, and seals once more then. A round that fails is told and tried again. */
export async function sealLoop(pool: Pool, anchors: AnchorStore, log: Logger, signal: AbortSignal): Promise<void> {
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, what);
      return false;
    }
  };
  let anchorAt = 0;
  while (!signal.aborted) {
    await attempt('seal audit', () => sealAudit(pool));
    if (performance.now() >= anchorAt && !(await attempt('anchor audit', () => anchorAudit(pool, anchors)))) {
      anchorAt = performance.now() + ANCHOR_AGAIN_MS;
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  await attempt('seal audit', () => sealAudit(pool));
}
