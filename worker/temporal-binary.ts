/**
 * Where the Temporal command line tool (which is the development server too) comes from: the PATH, the user's cache,
 * the official release by checksum, or built from `tools/temporal/go.mod` - in this order.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  createWriteStream,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { readIfThere, requireDiskSpace, withStartLock, type Progress } from '../prisma/local-server';

const VERSION = '1.8.2';
/** Older servers lack what we rely on: updates with validators, summaries of timers and activities. */
const OLDEST_SERVER: readonly [number, number] = [1, 28];
const RECIPE = path.join(__dirname, '..', 'tools', 'temporal');
const ARCHIVE_NEEDS_MB = 400;
const BUILD_NEEDS_MB = 7000;
const PROGRESS_EVERY_MS = 3000;

/** Where to look, and where to keep what was fetched or built. */
export interface TemporalPlaces {
  /** Folders of commands, as in the variable PATH. */
  readonly path: string;
  /** Folders to look for Go in besides. */
  readonly goFolders: readonly string[];
  /** The user's cache. */
  readonly cache: string;
  /** Address below which the release's archives lie: `SOUTHBOUND_TEMPORAL_RELEASES` names a mirror of one's own. */
  readonly releases: string;
}

const usualPlaces = (): TemporalPlaces => ({
  path: process.env['PATH'] ?? '',
  goFolders: ['/usr/local/go/bin', '/opt/homebrew/bin', '/usr/lib/go/bin'],
  cache: process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'),
  releases:
    process.env['SOUTHBOUND_TEMPORAL_RELEASES'] || `https://github.com/temporalio/cli/releases/download/v${VERSION}`,
});

/**
 * Path of a `temporal` that runs here. Fetching or building it happens once a user and machine; two starts at the same
 * time do it once between them, and one that was killed half-way leaves nothing that is taken for the tool.
 *
 * @param progress told about once every three seconds while something long goes on.
 * @throws Error with one sentence naming the ways to cure it.
 */
export async function temporalBinary(progress: Progress, places = usualPlaces()): Promise<string> {
  const installed = await onPath(places, progress);
  if (installed !== undefined) return installed;
  const folder = path.join(places.cache, 'southbound', `temporal-${VERSION}`);
  const binary = path.join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  if (isExecutable(binary)) return binary;
  return withStartLock(
    path.join(folder, 'build.lock'),
    async () => {
      if (isExecutable(binary)) return binary;
      mkdirSync(folder, { recursive: true });
      for (const name of readdirSync(folder)) {
        if (name.startsWith('new.')) rmSync(path.join(folder, name), { recursive: true });
      }
      const unfinished = path.join(folder, `new.${process.pid}`);
      mkdirSync(unfinished);
      try {
        const made =
          (await fromRelease(places, unfinished, progress)) ?? (await fromSource(places, unfinished, progress));
        chmodSync(made, 0o755);
        renameSync(made, binary);
      } finally {
        rmSync(unfinished, { recursive: true, force: true });
      }
      return binary;
    },
    () =>
      progress(
        '另一个进程正在准备 Temporal 服务器，等待中…… Another process is preparing the Temporal server; waiting for it.',
      ),
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findCommand(name: string, folders: readonly string[]): string | undefined {
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

async function onPath(places: TemporalPlaces, progress: Progress): Promise<string | undefined> {
  const found = findCommand('temporal', places.path.split(path.delimiter));
  if (found === undefined) return undefined;
  const [major = 0, minor = 0] = (/Server (\d+)\.(\d+)/.exec(await output(found, ['--version'])) ?? [])
    .slice(1)
    .map((digits) => Number.parseInt(digits, 10));
  if (major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1])) return found;
  progress(
    `${found} 版本过旧，不予使用。${found} is passed over: its server is older than ${OLDEST_SERVER.join('.')}.`,
  );
  return undefined;
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 20_000 }, (_error, stdout) => resolve(stdout));
  });
}

/** The release's archive for this platform, if we know its checksum and can get it; undefined says: go on. */
async function fromRelease(places: TemporalPlaces, folder: string, progress: Progress): Promise<string | undefined> {
  const system = { linux: 'linux', darwin: 'darwin' }[process.platform as string];
  const machine = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  const archive = `temporal_cli_${VERSION}_${system}_${machine}.tar.gz`;
  const known = (readIfThere(path.join(RECIPE, 'checksums.txt')) ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, name]) => name === archive)?.[0];
  if (known === undefined) return undefined;
  requireDiskSpace(folder, ARCHIVE_NEEDS_MB, 'Temporal');
  const file = path.join(folder, archive);
  try {
    progress(`下载 Temporal 服务器 ${VERSION}…… Downloading the Temporal server ${VERSION}.`);
    const sha256 = await download(`${places.releases}/${archive}`, file, progress);
    if (sha256 !== known) throw new Error(`checksum ${sha256} instead of ${known}`);
    await unpack(file, folder);
    return path.join(folder, 'temporal');
  } catch (error) {
    progress(`下载未成功，改用下一种方式。The release could not be had (${reason(error)}); going on to the next way.`);
    return undefined;
  }
}

const reason = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
};

/** Writes what `url` sends to `file`; its SHA-256. Gives up when nothing comes for 30 s. */
async function download(url: string, file: string, progress: Progress): Promise<string> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(new Error('no answer within 30 s')), 30_000);
  try {
    const response = await fetch(url, { signal: silent.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const total = Number.parseInt(response.headers.get('content-length') ?? '0', 10);
    const hash = createHash('sha256');
    let bytes = 0;
    let told = performance.now();
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        timer.refresh();
        hash.update(chunk);
        bytes += chunk.length;
        if (performance.now() - told > PROGRESS_EVERY_MS) {
          told = performance.now();
          progress(`  ${(bytes / 1e6).toFixed(0)}${total > 0 ? ` / ${(total / 1e6).toFixed(0)}` : ''} MB`);
        }
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as ReadableStream), count, createWriteStream(file), {
      signal: silent.signal,
    });
    return hash.digest('hex');
  } finally {
    clearTimeout(timer);
  }
}

function unpack(file: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('tar', ['-xzf', file, '-C', folder, 'temporal'], (error) =>
      error ? reject(new Error(error.message)) : resolve(),
    );
  });
}

/** Builds the tool from its source modules; about four minutes with an empty cache. */
async function fromSource(places: TemporalPlaces, folder: string, progress: Progress): Promise<string> {
  const go = findCommand('go', [...places.path.split(path.delimiter), ...places.goFolders]);
  if (go === undefined) {
    throw new Error(
      '没有 Temporal 服务器：请安装 temporal 命令（加入 PATH），或安装 Go 1.21 以上后重试，或设置 TEMPORAL_ADDRESS 指向已有服务器。' +
        'There is no Temporal server: put the temporal command line tool on the PATH, or install Go 1.21 or later and start again, or point TEMPORAL_ADDRESS to a server.',
    );
  }
  requireDiskSpace(folder, BUILD_NEEDS_MB, 'Temporal (Go)');
  const binary = path.join(folder, 'built');
  const started = performance.now();
  let packages = 0;
  let modules = 0;
  const last: string[] = [];
  const tell = (): void => {
    const seconds = Math.round((performance.now() - started) / 1000);
    progress(
      `  构建 Temporal 服务器（仅一次，约四分钟）Building the Temporal server (once, about four minutes): ` +
        `${seconds} s, ${modules} modules, ${packages} packages`,
    );
  };
  tell();
  const timer = setInterval(tell, PROGRESS_EVERY_MS);
  try {
    const child = spawn(
      go,
      ['build', '-v', '-trimpath', '-ldflags', '-s -w', '-o', binary, 'github.com/temporalio/cli/cmd/temporal'],
      { cwd: RECIPE, env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.startsWith('go: downloading')) modules += 1;
      else packages += 1;
      last.push(line);
      if (last.length > 5) last.shift();
    });
    if ((await ended) !== 0) {
      throw new Error(
        `Temporal 服务器构建失败，请检查网络与 Go 后重试，或设置 TEMPORAL_ADDRESS。The Temporal server could not be built: check the network and Go and start again, or set TEMPORAL_ADDRESS (${last.join(' | ')})`,
      );
    }
    return binary;
  } finally {
    clearInterval(timer);
  }
}
