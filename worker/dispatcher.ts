/**
 * What goes on beside the processes of a real book: files are noted, messages and notices sent, missed starts told.
 * Every verb is safe to repeat, so several workers may do it at once. In a manual book the mover does all of it, but
 * for what a server that was away has not taken.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { businessNow } from '../activities/clock/business-now';
import { checkMissedStarts } from '../activities/intake/check-missed-starts';
import { checkMissedSamples } from '../activities/intake/quality/check-missed-samples';
import type { IntakeDependencies } from '../activities/intake/dependencies';
import { noteMails } from '../activities/intake/complaints/note-mails';
import { dispatchSignals } from '../activities/intake/dispatch-signals';
import { noteArrivals } from '../activities/intake/note-arrivals';
import { takeLateNotices } from '../activities/intake/take-late-notices';
import { noteEndedProcesses, type Looked } from '../activities/intake/note-ended-processes';
import { deliverUnsentNotices } from '../activities/outbox/deliver-notices';
import { tellWaitingSignals } from '../activities/outbox/tell-waiting-signals';

const EVERY_MS = 2_000;
/** An alarm for a missing day comes within two minutes. */
const WATCH_EVERY_MS = 30_000;
/** A call that a dying server neither answers nor refuses would hold up everything behind it for good. */
const ANSWER_WITHIN_MS = 15_000;

/** Goes on until the signal aborts. A round that fails is told and tried again. */
export async function dispatchLoop(deps: IntakeDependencies, log: Logger, signal: AbortSignal): Promise<void> {
  let watchAt = 0;
  let looked: Looked | undefined;
  const attempt = attemptsOf(deps, log);
  while (!signal.aborted) {
    await attempt('note arrivals', () => noteArrivals(deps));
    await attempt('note mails', () => noteMails(deps));
    await attempt('dispatch messages', () => dispatchAll(deps));
    await attempt('deliver notices', async () => {
      const { unsent } = await deliverUnsentNotices(deps);
      if (unsent > 0) log.warn({ unsent }, 'notices could not be sent');
    });
    if (performance.now() >= watchAt) {
      watchAt = performance.now() + WATCH_EVERY_MS;
      await attempt('take late notices', () => takeLateNotices(deps.pool));
      await attempt('tell of signals that wait', () => tellWaitingSignals(deps.pool));
      for (const channel of deps.ticks)
        await attempt(`watch for missed starts of ${channel}`, async () =>
          checkMissedStarts(deps, channel, await businessNow(deps.pool)),
        );
      await attempt('watch for missed samples', async () =>
        checkMissedSamples(deps.pool, await businessNow(deps.pool)),
      );
      await attempt('note ended processes', async () => {
        looked = await noteEndedProcesses(deps, looked);
      });
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * In a manual book: what a server that was away did not take, however long the clock stands. What is only waiting for the mover is left to
 * it, so that a rehearsal takes one course.
 */
export async function resendLoop(
  deps: Pick<IntakeDependencies, 'pool' | 'temporal'>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const attempt = attemptsOf(deps, log);
  while (!signal.aborted) {
    await attempt('send again', async () => {
      const { rowCount } = await deps.pool.query('select from waiting_messages where attempts > 0 limit 1');
      if (rowCount !== 0) await dispatchAll(deps);
    });
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function dispatchAll(deps: Pick<IntakeDependencies, 'pool' | 'temporal'>): Promise<void> {
  const { stoppedBy } = await dispatchSignals(deps);
  if (stoppedBy !== undefined) throw new Error(stoppedBy);
}

const attemptsOf =
  ({ temporal }: Pick<IntakeDependencies, 'temporal'>, log: Logger) =>
  async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await temporal.withDeadline(Date.now() + ANSWER_WITHIN_MS, work);
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, what);
    }
  };
