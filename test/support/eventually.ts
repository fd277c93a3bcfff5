/** Waiting for what other processes do in real time: whoever waits asks more and more seldom, so that asking does not starve what is asked about. */
import { setTimeout as sleep } from 'node:timers/promises';

const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/**
 * Asks again until an answer is as wanted.
 * @param ask undefined: not yet
 * @throws where nothing comes within so many seconds
 */
export async function eventually<Found>(ask: () => Promise<Found | undefined>, seconds = 90): Promise<Found> {
  const until = performance.now() + seconds * 1_000;
  for (let pause = SHORTEST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error(`nothing came within ${seconds} s`);
    await sleep(pause);
  }
}

/** @throws where it does not become true within so many seconds */
export async function untilTrue(isSo: () => Promise<boolean>, seconds?: number): Promise<void> {
  await eventually(async () => ((await isSo()) ? true : undefined), seconds);
}
