/** Ctrl-C and SIGTERM: the first asks for a clean end, a second one while that goes on ends at once. */

/** Status of a run that was asked to end. */
export const INTERRUPTED_STATUS = 130;

/** A terminal tells all processes of a command, and who started one of them may pass it on as well: that is one press. */
const ONE_PRESS_MS = 300;

export interface Interruption {
  readonly asked: boolean;
  /** Resolves when an end is asked for. */
  readonly whenAsked: Promise<void>;
  /** No longer listens. */
  readonly release: () => void;
}

export function listenForInterruption(onAsked: () => void): Interruption {
  let asked = false;
  let askedAt = 0;
  let resolveAsked = () => {};
  const whenAsked = new Promise<void>((resolve) => (resolveAsked = resolve));
  const onSignal = () => {
    if (asked && performance.now() - askedAt < ONE_PRESS_MS) return;
    if (asked) process.exit(INTERRUPTED_STATUS);
    asked = true;
    askedAt = performance.now();
    onAsked();
    resolveAsked();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    get asked() {
      return asked;
    },
    whenAsked,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
