/** A Temporal server with a database file of its own, a worker beside it, and what both take. */
import { Client, Connection } from '@temporalio/client';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild, type RunningChild } from '../../cli/processes/child';
import { WORKER_NODE_OPTIONS } from '../../worker/config';
import { startTemporal, type TemporalServer } from '../../worker/temporal-server';

/** Nobody listens on the discard port. */
const NOBODY = 'http://127.0.0.1:9';
const AT_ONCE = 20;

export interface EngineSpec {
  readonly folder: string;
  readonly book: string;
  readonly databaseUrl: string;
  readonly bundle: string;
  /** More of the worker's environment: who listens outside. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Engine {
  readonly client: Client;
  readonly address: string;
  readonly workerPid: number;
  /** Ends worker and server. */
  readonly stop: () => Promise<void>;
}

/** Starts the server of the folder and a worker of the book on it. @param prepare what the server needs before the worker */
export async function startEngine(spec: EngineSpec, prepare: (address: string) => Promise<void>): Promise<Engine> {
  const { folder, book } = spec;
  mkdirSync(path.join(folder, 'inbox'), { recursive: true });
  const server: TemporalServer = await startTemporal({ dir: folder, headless: true });
  let worker: RunningChild | undefined;
  try {
    await prepare(server.address);
    worker = await startEngineWorker(spec, server.address);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const child = worker;
  const connection = await Connection.connect({ address: server.address });
  return {
    client: new Client({ connection, namespace: book }),
    address: server.address,
    workerPid: child.pid,
    stop: async () => {
      await connection.close();
      await child.stop();
      await server.stop();
    },
  };
}

/** A worker of the book on a server that runs. */
export const startEngineWorker = (
  { folder, book, databaseUrl, bundle, environment }: EngineSpec,
  address: string,
): Promise<RunningChild> =>
  startChild({
    name: 'worker',
    module: 'bench/measure/worker.ts',
    folder,
    endsWithinMs: 25_000,
    environment: {
      NODE_OPTIONS: WORKER_NODE_OPTIONS,
      BENCH_BUNDLE: bundle,
      BOOK_DATABASE_URL: databaseUrl,
      BOOK_NAME: book,
      TEMPORAL_ADDRESS: address,
      INBOX_DIR: path.join(folder, 'inbox'),
      CLEARING_HOUSE_URL: NOBODY,
      BANK_URL: NOBODY,
      COUNTER_URL: NOBODY,
      MESSAGES_URL: NOBODY,
      ...environment,
    },
  });

/** Bytes of the server's database once it was ended: what stood in its write-ahead log is then in the file. */
export function engineBytes(folder: string): number {
  const size = (ending: string) => {
    const file = path.join(folder, `temporal.db${ending}`);
    return existsSync(file) ? statSync(file).size : 0;
  };
  return size('') + size('-wal');
}

export const clearFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Largest resident memory that the system has seen of a process, MB. */
export function highestMb(pid: number): number {
  const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return Math.round(Number.parseInt(kb, 10) / 1_024);
}

/** Does something with each, twenty at a time. */
export async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

/** Starts a process; a server that came up a moment ago may not know its own namespaces yet. */
export async function startPatiently(start: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await start();
      return;
    } catch (error) {
      if (attempt >= 60 || !/namespace not found/i.test(String(error))) throw error;
      await sleep(500);
    }
  }
}

/** Waits until each of these processes waits: nothing of it is at work and it has got as far as a timer. */
export async function untilAllWait(client: Client, workflowIds: readonly string[], lookAgainMs = 500): Promise<void> {
  let rest = workflowIds;
  while (rest.length > 0) {
    const busy: string[] = [];
    await each(rest, async (id) => {
      const { raw, historyLength } = await client.workflow.getHandle(id).describe();
      const idle = !raw.pendingWorkflowTask && (raw.pendingActivities ?? []).length === 0 && historyLength >= 5;
      if (!idle) busy.push(id);
    });
    rest = busy;
    if (rest.length > 0) await sleep(lookAgainMs);
  }
}
