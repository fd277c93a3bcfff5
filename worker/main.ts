/** A worker as a process of its own: configuration from the environment, ended by SIGTERM or Ctrl-C. */
import { readWorkerConfig } from './config';
import { startWorker } from './run';

async function main(): Promise<void> {
  const worker = await startWorker(readWorkerConfig(process.env));
  const stop = () => void worker.stop().catch(() => undefined);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Started by another process of ours, with a channel: told when it is at work, ended when that process ends.
  process.once('disconnect', stop);
  process.send?.('ready');
  process.stdout.write('worker ready\n');
  await worker.ended;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
