import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { startPostgres, stopPostgres, throwawaySettings } from '../../prisma/embedded';

const CACHE = path.join(__dirname, '../../.cache');

let dir: string;
beforeEach(() => {
  mkdirSync(CACHE, { recursive: true });
  dir = mkdtempSync(path.join(CACHE, 'postgres-'));
});
afterEach(async () => {
  await stopPostgres(dir);
  rmSync(dir, { recursive: true });
});

const start = (settings = throwawaySettings): Promise<string> => startPostgres(dir, settings);
const inCluster = (name: string): string => path.join(dir, 'postgres', name);
const postmasterPid = (): number =>
  Number.parseInt(readFileSync(inCluster('data/postmaster.pid'), 'utf8').split('\n')[0] ?? '', 10);

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const whenGone = async (pid: number): Promise<void> => {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test('a cluster is made, listens on this machine only, and takes two hundred connections', async () => {
  const url = await start();
  const [settings] = await query<object>(
    url,
    `SELECT current_setting('listen_addresses') AS listens, current_setting('max_connections') AS connections,
            current_setting('shared_buffers') AS buffers, current_setting('server_encoding') AS encoding`,
  );
  expect(settings).toEqual({ listens: '127.0.0.1', connections: '200', buffers: '256MB', encoding: 'UTF8' });
});

test('a server that was killed is started again and has kept its rows', async () => {
  const url = await start({});
  await query(url, 'CREATE TABLE kept AS SELECT generate_series(1, 500) AS n');
  const pid = postmasterPid();
  process.kill(pid, 'SIGKILL');
  await whenGone(pid);
  expect(existsSync(inCluster('data/postmaster.pid'))).toBe(true);
  const again = await start({});
  expect(again).toBe(url);
  expect(await query(again, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 500 }]);
});

test('the file of a killed server is no answer where its number now belongs to another process', async () => {
  const url = await start();
  const file = inCluster('data/postmaster.pid');
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = postmasterPid();
  process.kill(pid, 'SIGKILL');
  await whenGone(pid);
  writeFileSync(file, [String(process.pid), ...lines.slice(1)].join('\n'));
  expect(await start()).toBe(url);
});

test('what a killed initdb left is made anew', async () => {
  mkdirSync(inCluster('data'), { recursive: true });
  writeFileSync(inCluster('data/postgresql.conf'), '# half of it');
  mkdirSync(inCluster('data.new/base'), { recursive: true });
  const url = await start();
  expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  expect(existsSync(inCluster('data.new'))).toBe(false);
});

test('where the port of last time is taken the next free one is used, and kept', async () => {
  const first = new URL(await start()).port;
  await stopPostgres(dir);
  const occupant = net.createServer().listen({ host: '127.0.0.1', port: Number(first) });
  await new Promise((resolve) => occupant.once('listening', resolve));
  try {
    const second = new URL(await start()).port;
    expect(second).not.toBe(first);
    expect(readFileSync(inCluster('port'), 'utf8')).toBe(second);
  } finally {
    await new Promise((resolve) => occupant.close(resolve));
  }
});

test('several starts at once make one cluster and give one address', async () => {
  expect(new Set(await Promise.all([start(), start(), start()])).size).toBe(1);
});

test('a server that another process uses stays up; when that process has died it is stopped', async () => {
  const url = await start();
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const died = new Promise((resolve) => other.once('exit', resolve));
  writeFileSync(inCluster(`users/${other.pid}`), String(other.pid));
  await stopPostgres(dir);
  expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  other.kill();
  await died;
  await stopPostgres(dir);
  await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});
