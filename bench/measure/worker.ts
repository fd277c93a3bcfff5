/**
 * A worker of its own process for the stories of a benchmark: as `worker/main.ts`, with another bundle, and beside it a queue
 * whose only verb does nothing.
 */
import { NativeConnection, Worker } from '@temporalio/worker';
import { readWorkerConfig } from '../../worker/config';
import { startWorker } from '../../worker/run';

async function main(): Promise<void> {
  const config = readWorkerConfig(process.env);
  const worker = await startWorker(config, process.env['BENCH_BUNDLE']);
  const empty = process.env['BENCH_EMPTY_QUEUE'] === '1' ? await emptyQueue(config) : undefined;
  const emptied = empty?.run();
  const stop = () => {
    if (empty?.getState() === 'RUNNING') empty.shutdown();
    void worker.stop().catch(() => undefined);
  };
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  process.send?.('ready');
  await Promise.all([worker.ended, emptied]);
}

const emptyQueue = async ({ book, temporalAddress }: ReturnType<typeof readWorkerConfig>): Promise<Worker> =>
  Worker.create({
    connection: await NativeConnection.connect({ address: temporalAddress }),
    namespace: book,
    taskQueue: `${book}-empty`,
    activities: { nothing: () => Promise.resolve() },
  });

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
