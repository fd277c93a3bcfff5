/** A child that measures without end until it is asked to end. */
import { endAll, isInterrupted, listen, unlessInterrupted } from '../../../bench/measure/interrupted';
import { INTERRUPTED_STATUS } from '../../../cli/interruption';

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function measured(): Promise<void> {
  listen(say);
  process.send?.({ ready: true });
  try {
    await unlessInterrupted(() => new Promise(() => setInterval(() => undefined, 60_000)));
  } finally {
    await endAll(
      () => Promise.reject(new Error('stays')),
      () => Promise.resolve(say('server ended')),
    );
  }
}

measured().then(
  () => process.exit(),
  () => process.exit(isInterrupted() ? INTERRUPTED_STATUS : 1),
);
