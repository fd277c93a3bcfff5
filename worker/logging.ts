/** Logs of a worker: one JSON line each, quiet unless something is wrong, with ids and never with what people wrote. */
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import { pino, type Logger } from 'pino';

/** Fields of Temporal's own entries that are worth keeping. */
const KEPT: readonly string[] = [
  'namespace',
  'taskQueue',
  'workflowId',
  'runId',
  'workflowType',
  'activityId',
  'activityType',
  'attempt',
  'requestId',
];
const LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  error: 'ERROR',
  silent: 'ERROR',
};

export const openLog = (level: string): Logger => pino({ name: 'southbound-worker', level });

let installed = false;

/** Once a process, before the first connection: Temporal's runtime writes to our log, and its metrics to their address. */
export function installRuntime(log: Logger, metricsAddress: string | undefined): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger(LEVELS[log.level] ?? 'WARN', ({ level, message, meta }) => {
      const entry = Object.fromEntries(Object.entries(meta ?? {}).filter(([name]) => KEPT.includes(name)));
      const error: unknown = meta?.['error'];
      if (error instanceof Error) entry['error'] = `${error.name}: ${error.message}`;
      if (level === 'ERROR') log.error(entry, message);
      else if (level === 'WARN') log.warn(entry, message);
      else log.debug(entry, message);
    }),
    // Who ends a worker is main.ts or the one that started it, not Temporal's runtime.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsAddress === undefined ? {} : { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}
