/**
 * Ctrl-C and SIGTERM while something is measured: what is under way is broken off, and whoever started servers, processes, folders and books ends
 * them as after any other run. What is broken off may go on until this process ends; nobody waits for it.
 */
import { listenForInterruption, type Interruption } from '../../cli/interruption';

let interruption: Interruption | undefined;

/** From here on both ask for a clean end; a second one while that goes on ends at once. */
export function listen(tell: (line: string) => void): void {
  interruption = listenForInterruption(() => tell('正在停止…… Stopping.'));
  // What is broken off fails for want of what it stood on, and must not take along whoever ends the rest.
  void interruption.whenAsked.then(() => {
    process.on('unhandledRejection', () => undefined);
    process.on('uncaughtException', () => undefined);
  });
}

export const isInterrupted = (): boolean => interruption?.asked === true;

/** @throws Error when an end is asked for, also where it was before */
export async function unlessInterrupted<T>(work: () => Promise<T>): Promise<T> {
  if (interruption === undefined) return work();
  const broken = interruption.whenAsked.then(() => {
    throw new Error('已中断 interrupted');
  });
  return isInterrupted() ? broken : Promise.race([work(), broken]);
}

/** One after another, who asks before who answers: one that cannot be ended keeps none of the others. @throws what the first of them threw */
export async function endAll(...ends: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const end of ends) await end().catch((error: unknown) => failed.push(error));
  if (failed.length > 0) throw failed[0];
}
