/** Starts the five simulators of a rehearsal as processes of their own, and takes them along at the end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

export const SIMULATORS = ['clearing-house', 'bank', 'emergency-bank', 'counter', 'messages'] as const;
export type SimulatorName = (typeof SIMULATORS)[number];

/** What is played: the folder of days, a variant over one of them, the first business date, where files are laid. */
export type Playing = {
  readonly data: string;
  readonly overlay?: string;
  readonly from?: string;
  readonly inbox: string;
  readonly stateDir: string;
};

export type RunningSimulator = {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

export type LaunchedSimulators = {
  readonly urls: {
    readonly clearingHouse: string;
    readonly bank: string;
    readonly emergencyBank: string;
    readonly counter: string;
    readonly messages: string;
  };
  /** The mail server beside the messages gateway, smtp://. */
  readonly mailUrl: string;
  stop(): Promise<void>;
};

/**
 * Starts all five on free ports of 127.0.0.1. State lies in `stateDir`, so a second launch with the same folder goes on
 * where the first ended. A simulator that dies is started again on its port with its state, until `stop`. They end with
 * this process, also when it is killed.
 */
export async function launchSimulators(playing: Playing): Promise<LaunchedSimulators> {
  const [clearingHouse, bank, emergencyBank, counter, messages] = await startAll(playing);
  return {
    urls: {
      clearingHouse: clearingHouse.url,
      bank: bank.url,
      emergencyBank: emergencyBank.url,
      counter: counter.url,
      messages: messages.url,
    },
    mailUrl: await mailUrl(messages.url),
    async stop() {
      await Promise.all([clearingHouse, bank, emergencyBank, counter, messages].map((one) => one.stop()));
    },
  };
}

/** Where the mail server of a messages simulator listens: on the same port after every new start. */
export async function mailUrl(messagesUrl: string): Promise<string> {
  const answer = (await (await fetch(new URL('/mail', messagesUrl))).json()) as { readonly port: number };
  return `smtp://127.0.0.1:${answer.port}`;
}

/** Starts one simulator; resolves when it answers. Rejects, with its last words, where it ends before that. */
export async function startSimulator(name: SimulatorName, playing: Playing, port = 0): Promise<RunningSimulator> {
  mkdirSync(playing.inbox, { recursive: true });
  mkdirSync(playing.stateDir, { recursive: true });
  const child = spawn(process.execPath, commandLine(name, playing, port), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C reaches who started them, and that one ends them; the channel tells them where it was killed.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${await listeningPort(name, child)}`;
  return {
    url,
    pid: child.pid as number,
    ended,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

async function startAll(playing: Playing): Promise<[KeptUp, KeptUp, KeptUp, KeptUp, KeptUp]> {
  const started = await Promise.allSettled(SIMULATORS.map((name) => keepUp(name, playing)));
  const failed = started.find((one) => one.status === 'rejected');
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (failed !== undefined) {
    await Promise.all(running.map((one) => one.stop()));
    throw failed.reason;
  }
  return running as [KeptUp, KeptUp, KeptUp, KeptUp, KeptUp];
}

type KeptUp = { readonly url: string; stop(): Promise<void> };

/** Runs a simulator and starts it again on the same port whenever it ends by itself. */
async function keepUp(name: SimulatorName, playing: Playing): Promise<KeptUp> {
  let stopping = false;
  let current = await startSimulator(name, playing);
  const port = Number(new URL(current.url).port);
  const watched = (async () => {
    for (;;) {
      await current.ended;
      if (stopping) return;
      process.stderr.write(`simulator ${name} ended; starting it again\n`);
      current = await startSimulator(name, playing, port);
      if (stopping) await current.stop();
    }
  })().catch((failure: Error) => void process.stderr.write(`simulator ${name} stays down: ${failure.message}\n`));
  return {
    url: current.url,
    async stop() {
      stopping = true;
      await current.stop();
      await watched;
    },
  };
}

function commandLine(name: SimulatorName, playing: Playing, port: number): string[] {
  return [
    '--import',
    pathToFileURL(require.resolve('tsx')).href,
    join(__dirname, name, 'main.ts'),
    `--port=${port}`,
    `--data=${playing.data}`,
    `--inbox=${playing.inbox}`,
    `--state=${join(playing.stateDir, `${name}.json`)}`,
    ...(playing.overlay === undefined ? [] : [`--overlay=${playing.overlay}`]),
    ...(playing.from === undefined ? [] : [`--from=${playing.from}`]),
  ];
}

/** The port in the child's first line. Its errors are passed on, and repeated where it does not come up. */
function listeningPort(name: SimulatorName, child: ChildProcess): Promise<number> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000);
    process.stderr.write(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`simulator ${name} did not come up (${code ?? signal}): ${words.trim()}`)),
    );
    if (child.stdout === null) return reject(new Error(`simulator ${name} has no output`));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /^listening on (\d+)$/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
