/**
 * A process of ours as a child: told when it is at work, its words in a log file, ended with us however we end. Its
 * number stands in a file, so that a later start finds and ends one that outlived a kill.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isAlive, processIdentity, readFolder, readIfThere } from '../../prisma/local-server';
import { ROOT } from '../places';

const READY_WITHIN_MS = 60_000;
const LOG_KEPT_BYTES = 10e6;

export interface ChildSpec {
  /** Name of its files in `folder`: `worker.log`, `worker.pid`. */
  readonly name: string;
  /** Module to run, from the root of the checkout. */
  readonly module: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How long it may take to end what is under way. */
  readonly endsWithinMs: number;
}

export interface RunningChild {
  /** What it said when it was ready. */
  readonly said: unknown;
  readonly pid: number;
  /** Resolves when it has ended, with its last words where nobody asked it to. */
  readonly ended: Promise<string | undefined>;
  readonly stop: () => Promise<void>;
}

/** Starts it and waits until it says that it is ready. @throws Error with its last words where it ends before that */
export async function startChild({
  name,
  module,
  folder,
  environment,
  endsWithinMs,
}: ChildSpec): Promise<RunningChild> {
  mkdirSync(folder, { recursive: true });
  const log = path.join(folder, `${name}.log`);
  const output = openSync(log, (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_KEPT_BYTES ? 'w' : 'a');
  const before = statSync(log).size;
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--import', pathToFileURL(require.resolve('tsx')).href, path.join(ROOT, module)],
    // Detached: Ctrl-C reaches us alone, and we end our children in the right order.
    { stdio: ['ignore', output, output, 'ipc'], env: { ...process.env, ...environment }, detached: true, cwd: ROOT },
  );
  closeSync(output);
  const pidFile = path.join(folder, `${name}.pid`);
  writeFileSync(pidFile, processIdentity(child.pid ?? 0));
  // Its log entries are JSON; what it says when it breaks is not.
  const lastWords = () =>
    (readIfThere(log) ?? '')
      .slice(before)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{'))
      .slice(-3)
      .join(' ')
      .slice(-500);

  let stopping = false;
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (status, signal) => {
      rmSync(pidFile, { force: true });
      resolve(stopping ? undefined : `${signal ?? status} ${lastWords()}`.trim());
    });
  });
  // Once it is ready the limit is taken away: left standing it would end the process a minute after its start.
  const ready = new AbortController();
  const said = await Promise.race([
    new Promise<unknown>((resolve) => child.once('message', resolve)),
    ended.then((words) => Promise.reject(new Error(refusal(name, log, words ?? '')))),
    sleep(READY_WITHIN_MS, undefined, { ref: false, signal: ready.signal }).then(() => {
      child.kill('SIGKILL');
      throw new Error(refusal(name, log, `${READY_WITHIN_MS / 1_000} s`));
    }),
  ]).finally(() => ready.abort());
  return {
    said,
    pid: child.pid ?? 0,
    ended,
    stop: async () => {
      stopping = true;
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), endsWithinMs);
      await ended;
      clearTimeout(late);
    },
  };
}

const refusal = (name: string, log: string, words: string): string =>
  `${name} 未能启动，请查看 ${log}。${name} did not start; see ${log} (${words})`;

/** Ends what an earlier run of this folder left behind. They end by themselves when it was killed; this makes sure. */
export async function endStrays(folder: string): Promise<void> {
  const strays = readFolder(folder)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => path.join(folder, name));
  await Promise.all(strays.map(endStray));
}

async function endStray(pidFile: string): Promise<void> {
  const identity = readIfThere(pidFile) ?? '';
  const pid = Number.parseInt(identity, 10);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isAlive(identity)) break;
    process.kill(pid, signal);
    for (const until = performance.now() + 12_000; isAlive(identity) && performance.now() < until;) await sleep(50);
  }
  rmSync(pidFile, { force: true });
}
