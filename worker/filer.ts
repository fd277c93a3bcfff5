/** Elections go to the clearing house beside the processes of every book, also one whose clock is moved by hand, on real time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { fileElections, hasFilingsDue } from '../activities/corporate-actions/file-elections';
import type { Dependencies } from '../activities/dependencies';

/** A filing is on its way within so long after it was acknowledged to its holder. */
const EVERY_MS = 250;

/** Goes on until the signal aborts. A round that fails is told and tried again. */
export async function filingLoop(
  deps: Pick<Dependencies, 'pool' | 'ccnet' | 'counter'>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await hasFilingsDue(deps.pool)) {
        const { unanswered } = await fileElections(deps, () => signal.aborted);
        if (unanswered > 0) log.warn({ unanswered }, 'filings without an answer of the clearing house');
      }
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'file elections');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
