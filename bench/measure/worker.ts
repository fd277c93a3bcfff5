/** A worker of its own process for the stories of this benchmark: as `worker/main.ts`, with another bundle. */
import { readWorkerConfig } from '../../worker/config';
import { startWorker } from '../../worker/run';

async function main(): Promise<void> {
  const worker = await startWorker(readWorkerConfig(process.env), process.env['BENCH_BUNDLE']);
  const stop = () => void worker.stop().catch(() => undefined);
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  process.send?.('ready');
  await worker.ended;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
