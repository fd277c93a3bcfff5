/** Ctrl-C and SIGTERM: the first asks for a clean end, a second one while that goes on ends at once. */

export interface Interruption {
  readonly asked: boolean;
  /** Resolves when an end is asked for. */
  readonly whenAsked: Promise<void>;
  /** No longer listens. */
  readonly release: () => void;
}

const STATUS = 130;

export function listenForInterruption(onAsked: () => void): Interruption {
  let asked = false;
  let resolveAsked = () => {};
  const whenAsked = new Promise<void>((resolve) => (resolveAsked = resolve));
  const onSignal = () => {
    if (asked) process.exit(STATUS);
    asked = true;
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
