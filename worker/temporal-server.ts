/**
 * The Temporal server that a machine without one gets: the official command line tool's own server, with its Web UI,
 * on a database file in the folder of the book. `TEMPORAL_ADDRESS` goes before it.
 */
import { Connection } from '@temporalio/client';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  freePort,
  isAlive,
  joinUsers,
  leaveUsers,
  processIdentity,
  readIfThere,
  withStartLock,
  type Progress,
} from '../prisma/local-server';
import { temporalBinary } from './temporal-binary';

const WANTED_PORT = 7233;
const WANTED_UI_PORT = 8233;
const ANSWERS_WITHIN_MS = 60_000;
const LOG_KEPT_BYTES = 20e6;
/**
 * For tests: nothing is kept past the machine; namespaces with their search attributes are read every second instead of before each call,
 * which is two reads of the file for each look at a process; a queue is one part instead of four that pass their tasks on to each other.
 */
const THROWAWAY: readonly string[] = [
  ...['--sqlite-pragma', 'synchronous=off'],
  ...['--dynamic-config-value', 'system.forceSearchAttributesCacheRefreshOnRead=false'],
  ...['--dynamic-config-value', 'system.namespaceCacheRefreshInterval="1s"'],
  ...['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
  ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
];

/** A server that answers. `uiAddress` is empty where there is no Web UI of ours. */
export interface TemporalServer {
  readonly address: string;
  readonly uiAddress: string;
  /** Ends the server, unless another living process uses it too. A server of `TEMPORAL_ADDRESS` is never ended. */
  readonly stop: () => Promise<void>;
}

export interface TemporalServerOptions {
  /** Folder of the database file, the log and the record of the running server. */
  readonly dir: string;
  /** Wanted port of the server; the next free one is taken where it is in use. */
  readonly port?: number;
  /** Wanted port of the Web UI; the next free one is taken where it is in use. */
  readonly uiPort?: number;
  /** Without Web UI. */
  readonly headless?: boolean;
  /** Begin with an empty server, unless one is running: for tests. */
  readonly fresh?: boolean;
  /** Told what takes long: a download, a build. */
  readonly progress?: Progress;
}

/** What is written down of a running server, so that a later run of the same folder finds it. */
interface Running {
  readonly identity: string;
  readonly port: number;
  readonly uiPort: number | null;
}

/**
 * A Temporal server for the folder `dir`: `TEMPORAL_ADDRESS` where it is set (its Web UI is `TEMPORAL_UI_ADDRESS`),
 * else the one an earlier, killed run left, else a new one on the ports of last time. Returns when it answers.
 *
 * @throws Error with one sentence that says what to do.
 */
export async function startTemporal(options: TemporalServerOptions): Promise<TemporalServer> {
  const given = process.env['TEMPORAL_ADDRESS'];
  if (given) return givenServer(given);
  const dir = path.resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const users = path.join(dir, 'temporal');
  const binary = await temporalBinary(options.progress ?? (() => undefined));
  return withStartLock(path.join(dir, 'temporal.lock'), async () => {
    joinUsers(users);
    const running = (await reusable(dir, options)) ?? (await startNew(binary, dir, options));
    return {
      address: `127.0.0.1:${running.port}`,
      uiAddress: running.uiPort === null ? '' : `http://127.0.0.1:${running.uiPort}`,
      stop: () =>
        withStartLock(path.join(dir, 'temporal.lock'), async () => {
          if (leaveUsers(users)) await end(dir, running);
        }),
    };
  });
}

async function givenServer(address: string): Promise<TemporalServer> {
  if (!(await answers(address))) {
    throw new Error(
      `TEMPORAL_ADDRESS ${address} 无响应，请检查该服务器或取消该变量。The Temporal server at TEMPORAL_ADDRESS ${address} does not answer: check it, or unset the variable.`,
    );
  }
  return { address, uiAddress: process.env['TEMPORAL_UI_ADDRESS'] ?? '', stop: () => Promise.resolve() };
}

const recordFile = (dir: string): string => path.join(dir, 'temporal.json');

function readRecord(dir: string): Running | undefined {
  try {
    return JSON.parse(readIfThere(recordFile(dir)) ?? '') as Running;
  } catch {
    return undefined;
  }
}

/** The server of an earlier run, if it lives, answers and has the Web UI that is wanted; ended if it does not do. */
async function reusable(dir: string, options: TemporalServerOptions): Promise<Running | undefined> {
  const record = readRecord(dir);
  if (record === undefined || !isAlive(record.identity)) return undefined;
  const suits = options.headless === true || record.uiPort !== null;
  if (suits && (await answersInTime(record.port, 10_000))) return record;
  await end(dir, record);
  return undefined;
}

async function startNew(binary: string, dir: string, options: TemporalServerOptions): Promise<Running> {
  const before = readRecord(dir);
  if (options.fresh === true) {
    for (const ending of ['', '-wal', '-shm']) rmSync(path.join(dir, `temporal.db${ending}`), { force: true });
  }
  const refused: number[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(before?.port ?? options.port ?? WANTED_PORT, refused);
    const uiPort = options.headless
      ? null
      : await freePort(before?.uiPort ?? options.uiPort ?? WANTED_UI_PORT, [...refused, port]);
    const child = launch(binary, options, dir, port, uiPort);
    const running = { identity: processIdentity(child.pid ?? 0), port, uiPort };
    // Written before the server answers: a kill in between leaves a server that the next run finds.
    writeFileSync(recordFile(dir), JSON.stringify(running));
    if (await answersInTime(port, ANSWERS_WITHIN_MS, () => child.exitCode === null && child.signalCode === null)) {
      return running;
    }
    await end(dir, running);
    const log = path.join(dir, 'temporal.log');
    if (attempt >= 5 || !/address already in use/i.test((readIfThere(log) ?? '').slice(-4000))) {
      throw new Error(`Temporal 服务器未能启动，请查看 ${log}。The Temporal server did not start; see ${log}`);
    }
    refused.push(port, ...(uiPort === null ? [] : [uiPort]));
  }
}

/**
 * Detached, so that Ctrl-C reaches us alone and the server is ended last. The write-ahead log and the poll limit make
 * a dispatch take 10 ms instead of 45; the durability of what was acknowledged stays as it is.
 */
function launch(
  binary: string,
  { fresh }: TemporalServerOptions,
  dir: string,
  port: number,
  uiPort: number | null,
): ChildProcess {
  const log = path.join(dir, 'temporal.log');
  const tooLong = (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_KEPT_BYTES;
  const output = openSync(log, tooLong ? 'w' : 'a');
  const child = spawn(
    binary,
    [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
      ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']),
      ...['--db-filename', path.join(dir, 'temporal.db'), '--sqlite-pragma', 'journal_mode=wal'],
      ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
      ...(fresh === true ? THROWAWAY : []),
      ...['--log-level', 'warn', '--disable-config-file', '--disable-config-env'],
    ],
    { detached: true, stdio: ['ignore', output, output], cwd: dir },
  );
  child.once('error', () => undefined);
  child.unref();
  closeSync(output);
  return child;
}

async function answersInTime(port: number, withinMs: number, alive: () => boolean = () => true): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (alive() && performance.now() < until) {
    if (await answers(`127.0.0.1:${port}`)) return alive();
    await sleep(50);
  }
  return false;
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2000 });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

async function end(dir: string, { identity }: Running): Promise<void> {
  const pid = Number.parseInt(identity, 10);
  for (const [signal, withinMs] of [
    ['SIGTERM', 10_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(identity)) break;
    try {
      process.kill(pid, signal);
    } catch {
      break;
    }
    for (const until = performance.now() + withinMs; isAlive(identity) && performance.now() < until;) await sleep(20);
  }
  const record = readRecord(dir);
  // The ports stay written down, so that addresses are the same next time.
  if (record !== undefined) writeFileSync(recordFile(dir), JSON.stringify({ ...record, identity: '' }));
}
