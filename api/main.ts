/** The API as a process of its own: configuration from the environment, ended by SIGTERM or Ctrl-C. */
import { readApiConfig } from './config';
import { startApi } from './run';

async function main(): Promise<void> {
  const api = await startApi(readApiConfig(process.env));
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    api.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Started by another process of ours, with a channel: told when it listens, ended when that process ends.
  process.once('disconnect', stop);
  process.send?.({ ready: true, url: api.url });
  process.stdout.write(`api ready ${api.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
