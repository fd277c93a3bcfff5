/**
 * What a server that we run ourselves out of a folder needs, PostgreSQL and Temporal alike: one starter at a time, a
 * port that is free, and to stay up exactly as long as somebody uses it - also after a kill that let nobody clean up.
 */
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Takes one line for the person who waits. */
export type Progress = (line: string) => void;

/**
 * Names a process so that a later process with the same number is not taken for it: number and, on Linux, start time.
 */
export function processIdentity(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fieldsAfterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${pid} ${fieldsAfterName[19] ?? ''}`.trim();
  } catch {
    return String(pid);
  }
}

/** True while the very process that `processIdentity` named is alive. */
export function isAlive(identity: string): boolean {
  const pid = Number.parseInt(identity, 10);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !identity.includes(' ') || processIdentity(pid) === identity;
}

/**
 * Runs `work` while holding `lockFile`. A second caller waits (and tells `onWait` once); the lock of a process that
 * died is taken over. The file appears with its content or not at all, so nobody ever reads a half-written one.
 */
export async function withStartLock<T>(lockFile: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  mkdirSync(path.dirname(lockFile), { recursive: true });
  const mine = `${lockFile}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(mine, processIdentity(process.pid));
  try {
    for (let told = false; !tryLink(mine, lockFile);) {
      if (takeOverIfDead(lockFile)) continue;
      if (!told) onWait?.();
      told = true;
      await sleep(100);
    }
    try {
      return await work();
    } finally {
      rmSync(lockFile, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the lock of a dead process aside. Another taker may have been quicker: then its fresh lock is put back. */
function takeOverIfDead(lockFile: string): boolean {
  const holder = readIfThere(lockFile);
  if (holder === undefined) return true;
  if (isAlive(holder)) return false;
  const aside = `${lockFile}.stale.${process.pid}`;
  try {
    renameSync(lockFile, aside);
  } catch {
    return true;
  }
  if (readIfThere(aside) !== holder) tryLink(aside, lockFile);
  rmSync(aside, { force: true });
  return true;
}

/** Enters this process among the users of the server in `folder`. */
export function joinUsers(folder: string): void {
  const users = path.join(folder, 'users');
  mkdirSync(users, { recursive: true });
  writeFileSync(path.join(users, String(process.pid)), processIdentity(process.pid));
}

/** Takes this process off the list; true when nobody alive is left who uses the server. */
export function leaveUsers(folder: string): boolean {
  const users = path.join(folder, 'users');
  rmSync(path.join(users, String(process.pid)), { force: true });
  return othersAlive(folder) === 0;
}

/** How many living processes use the server in `folder`; entries of dead ones are removed. */
export function othersAlive(folder: string): number {
  const users = path.join(folder, 'users');
  let alive = 0;
  for (const name of readFolder(users)) {
    if (name === String(process.pid)) continue;
    if (isAlive(readIfThere(path.join(users, name)) ?? '')) alive += 1;
    else rmSync(path.join(users, name), { force: true });
  }
  return alive;
}

/** The wanted port of 127.0.0.1, or the next free one after it. Ports in `except` are not given out. */
export async function freePort(wanted: number, except: readonly number[] = []): Promise<number> {
  for (let port = wanted; port < wanted + 200; port += 1) {
    if (!except.includes(port) && (await canListen(port))) return port;
  }
  throw new Error(
    `端口 ${wanted} 至 ${wanted + 199} 全部被占用，请先停止占用者。Every port from ${wanted} to ${wanted + 199} is taken: stop what uses them and start again.`,
  );
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Refuses to begin what would fill the disk, saying how much is needed. Sizes in MB (10^6 bytes). */
export function requireDiskSpace(folder: string, neededMb: number, purpose: string): void {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  const freeMb = Math.floor((bavail * bsize) / 1e6);
  if (freeMb >= neededMb) return;
  throw new Error(
    `磁盘空间不足：${purpose} 需要 ${neededMb} MB，${folder} 仅剩 ${freeMb} MB，请清理后重试。` +
      `Not enough disk space: ${purpose} needs ${neededMb} MB and ${folder} has ${freeMb} MB free; make room and start again.`,
  );
}

/** Content of a small file, or undefined where there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Names in a folder; none where there is no folder. */
export function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
