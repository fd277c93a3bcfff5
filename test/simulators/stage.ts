/** Puts real simulator processes on stage for a test, in folders of their own, and clears up after it. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSimulator, type Playing, type RunningSimulator, type SimulatorName } from '../../simulators/launch';

export const SAMPLES = resolve(__dirname, '../../samples');
export const DAYS = join(SAMPLES, 'days-a');

const folders: string[] = [];
const running = new Set<RunningSimulator>();

afterAll(async () => {
  await Promise.all([...running].map((simulator) => simulator.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'southbound-test-'));
  folders.push(folder);
  return folder;
}

export type OnStage = {
  url(): string;
  readonly inbox: string;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Moves the clock to a Shanghai wall time, "2025-06-26 10:30:00". */
  clockTo(wall: string): Promise<Answer>;
  /** Kills the process at once and starts it again with the same state, or with a file of it as `damage` leaves it. */
  killAndRestart(damage?: (stateDir: string) => { readonly path: string; readonly content: Uint8Array }): Promise<void>;
  has(file: string): boolean;
  arrivedAt(file: string): string;
};
export type Answer = { readonly status: number; readonly body: Record<string, unknown> };

export async function onStage(name: SimulatorName, choice: Partial<Playing> = {}): Promise<OnStage> {
  const folder = newFolder();
  const playing: Playing = { data: DAYS, inbox: join(folder, 'inbox'), stateDir: join(folder, 'state'), ...choice };
  const start = async (): Promise<RunningSimulator> => {
    const simulator = await startSimulator(name, playing);
    running.add(simulator);
    return simulator;
  };
  let simulator = await start();
  const call = async (path: string, request?: RequestInit): Promise<Answer> => {
    const response = await fetch(simulator.url + path, request);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return {
    url: () => simulator.url,
    inbox: playing.inbox,
    get: (path) => call(path),
    post,
    clockTo: (wall) => post('/clock', { now: instant(wall) }),
    async killAndRestart(damage) {
      process.kill(simulator.pid, 'SIGKILL');
      await simulator.ended;
      running.delete(simulator);
      const damaged = damage?.(playing.stateDir);
      if (damaged !== undefined) writeFileSync(damaged.path, damaged.content);
      simulator = await start();
    },
    has: (file) => existsSync(join(playing.inbox, file)),
    arrivedAt: (file) => statSync(join(playing.inbox, file)).mtime.toISOString(),
  };
}

/** The instant of a Shanghai wall time. */
export function instant(wall: string): string {
  return new Date(`${wall.replace(' ', 'T')}+08:00`).toISOString();
}

/** A variant of 2025-06-26 made for a test. */
export function variant(
  files: Readonly<Record<string, Uint8Array | string>>,
  lists: { readonly replaces?: string[]; readonly adds?: string[]; readonly removes?: string[] },
): string {
  const folder = join(newFolder(), 'variant');
  mkdirSync(folder);
  const expectation = { base: 'days-a/2025-06-26', replaces: [], adds: [], removes: [], ...lists };
  writeFileSync(join(folder, 'expect.json'), JSON.stringify(expectation));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
