/** The processes of a rehearsed book: simulators of the outside, worker and API, each ended in the right order. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, isAlive, processIdentity, readIfThere } from '../../prisma/local-server';
import { launchSimulators, type LaunchedSimulators } from '../../simulators/launch';
import { anchorsOfBook, bookFolder, documentsFolder } from '../places';
import { WORKER_NODE_OPTIONS } from '../../worker/config';
import { endStrays, startChild, type ChildSpec, type RunningChild } from './child';
import type { Servers } from './servers';

export const WANTED_API_PORT = 3_000;

export interface BookProcessesSpec {
  readonly book: string;
  /** Database of the book, as the application. */
  readonly databaseUrl: string;
  readonly servers: Pick<Servers, 'temporalAddress'>;
  readonly data: string;
  readonly overlay?: string;
  /** First business date that is played. */
  readonly from?: string;
  /** Wanted port of the API; without one, any free port. */
  readonly apiPort?: number;
}

export interface BookProcesses {
  readonly apiUrl: string;
  readonly simulators: LaunchedSimulators['urls'];
  /** Resolves with a sentence when worker or API has ended by itself. */
  readonly failed: Promise<string>;
  /** Kills the worker in the middle of what it does and starts another one; resolves when that is at work. */
  readonly killWorker: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startBookProcesses(spec: BookProcessesSpec): Promise<BookProcesses> {
  const folder = bookFolder(spec.book);
  const inbox = path.join(folder, 'inbox');
  mkdirSync(inbox, { recursive: true });
  const started: { stop(): Promise<void> }[] = [];
  // Who asks goes first, who answers goes last.
  const stop = async () => {
    for (const one of [...started].reverse()) await one.stop().catch(() => undefined);
  };
  try {
    const simulators = await launchSimulators({
      data: spec.data,
      inbox,
      stateDir: path.join(folder, 'simulators'),
      ...(spec.overlay === undefined ? {} : { overlay: spec.overlay }),
      ...(spec.from === undefined ? {} : { from: spec.from }),
    });
    started.push(simulators);
    const environment = environmentOf(spec, inbox, simulators);
    const port = spec.apiPort === undefined ? 0 : await freePort(spec.apiPort);
    const startWorker = () => startChild(workerSpec(folder, environment));
    const [worker, api] = await Promise.allSettled([startWorker(), startChild(apiSpec(folder, environment, port))]);
    const running = [worker, api].flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    started.push(...running);
    for (const one of [worker, api]) if (one.status === 'rejected') throw one.reason;
    const [first, second] = running as [RunningChild, RunningChild];
    const keeping = keepWorker(first, startWorker, started);
    return {
      apiUrl: (second.said as { readonly url: string }).url,
      simulators: simulators.urls,
      failed: Promise.race([keeping.failed(folder), endedBy('api', second, folder)]),
      killWorker: keeping.kill,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The product's own worker of a book. */
export const workerSpec = (folder: string, environment: Readonly<Record<string, string>>): ChildSpec => ({
  name: 'worker',
  module: 'worker/main.ts',
  folder,
  environment: {
    ...environment,
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${WORKER_NODE_OPTIONS}`.trim(),
  },
  endsWithinMs: 25_000,
});

/** The product's own API of a book, for people and clients of a rehearsal. */
export const apiSpec = (folder: string, environment: Readonly<Record<string, string>>, port: number): ChildSpec => ({
  name: 'api',
  module: 'api/main.ts',
  folder,
  // A move of the clock that is under way may be broken off: the next one pays what it owes.
  endsWithinMs: 5_000,
  environment: {
    ...environment,
    API_PORT: String(port),
    REHEARSAL_ISSUER: '1',
    // The days are started by the operator; a folder need not hold every trading day.
    MOVER_TICKS: '',
    API_REQUESTS_PER_MINUTE: '1000000',
    API_PERSON_REQUESTS_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
  },
});

/** The worker that is at work: one that is killed on purpose is followed by another and has not failed. */
function keepWorker(
  first: RunningChild,
  startAnother: () => Promise<RunningChild>,
  started: { stop(): Promise<void> }[],
) {
  let atWork: RunningChild | undefined = first;
  let next: Promise<RunningChild> = Promise.resolve(first);
  const failed = async (folder: string): Promise<string> => {
    const child = await next;
    const words = await endedBy('worker', child, folder);
    return child === atWork ? words : failed(folder);
  };
  return {
    failed,
    kill: async () => {
      const killed = atWork;
      if (killed === undefined) return;
      atWork = undefined;
      next = killed.ended.then(startAnother);
      process.kill(killed.pid, 'SIGKILL');
      atWork = await next;
      started.push(atWork);
    },
  };
}

async function endedBy(name: string, child: RunningChild, folder: string): Promise<string> {
  const words = await child.ended;
  if (words === undefined) return new Promise<never>(() => undefined);
  const log = path.join(folder, `${name}.log`);
  return `${name} 意外结束，请查看 ${log}。${name} ended unexpectedly; see ${log} (${words})`;
}

function environmentOf(
  { book, databaseUrl, servers }: BookProcessesSpec,
  inbox: string,
  { urls, mailUrl }: LaunchedSimulators,
) {
  return {
    BOOK_DATABASE_URL: databaseUrl,
    BOOK_NAME: book,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    INBOX_DIR: inbox,
    ANCHORS_DIR: anchorsOfBook(book),
    DOCUMENTS_DIR: documentsFolder(book),
    CLEARING_HOUSE_URL: urls.clearingHouse,
    BANK_URL: urls.bank,
    EMERGENCY_BANK_URL: urls.emergencyBank,
    COUNTER_URL: urls.counter,
    MESSAGES_URL: urls.messages,
    SMTP_URL: mailUrl,
    // Of no value: whoever plays a receiver of events derives its key from it.
    WEBHOOK_SECRET: 'rehearsed events are signed with this',
  };
}

/**
 * Takes a book for this process, after ending what a killed run left of it.
 * @throws Error in one sentence while another living process has it
 */
export async function takeBook(book: string): Promise<() => void> {
  const folder = bookFolder(book);
  mkdirSync(folder, { recursive: true });
  const owner = path.join(folder, 'owner');
  const identity = readIfThere(owner) ?? '';
  if (identity !== processIdentity(process.pid) && isAlive(identity)) {
    const pid = Number.parseInt(identity, 10);
    throw new Error(
      `账簿 ${book} 正由进程 ${pid} 使用，请先在那里按 Ctrl-C。The book ${book} is in use by process ${pid}: press Ctrl-C there first.`,
    );
  }
  writeFileSync(owner, processIdentity(process.pid));
  await endStrays(folder);
  return () => rmSync(owner, { force: true });
}

/** Whether a living process has the book. */
export const bookIsTaken = (book: string): boolean => isAlive(readIfThere(path.join(bookFolder(book), 'owner')) ?? '');

/** Forgets what the simulators and the inbox of a book hold, and what its audit was. */
export function clearBookFolder(book: string): void {
  const folder = bookFolder(book);
  for (const name of ['inbox', 'simulators', 'anchors']) {
    if (existsSync(path.join(folder, name))) rmSync(path.join(folder, name), { recursive: true });
  }
}
