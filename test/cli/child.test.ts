/** Processes of ours as children: ready, broken, ended, and ended by a later start where a kill left them. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endStrays, startChild } from '../../cli/processes/child';
import { isAlive, processIdentity } from '../../prisma/local-server';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'child-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const spec = (module: string) => ({
  name: 'one',
  module: `test/cli/children/${module}.ts`,
  folder,
  environment: { WORD: 'hello' },
  endsWithinMs: 5_000,
});

test('says that it is ready, stands in its file, and is ended', async () => {
  const child = await startChild(spec('ready'));
  expect(child.said).toEqual({ ready: true, word: 'hello' });
  expect(readFileSync(path.join(folder, 'one.pid'), 'utf8')).toBe(processIdentity(child.pid));
  await child.stop();
  expect(await child.ended).toBeUndefined();
  expect(isAlive(String(child.pid))).toBe(false);
  expect(existsSync(path.join(folder, 'one.pid'))).toBe(false);
});

test('ends before it is ready: told with its last words, not with entries of its log', async () => {
  await expect(startChild(spec('broken'))).rejects.toThrow(
    /one did not start; see .*one\.log \(3 the port is taken\)$/,
  );
});

test('ends by itself: that is told', async () => {
  const child = await startChild(spec('ready'));
  process.kill(child.pid, 'SIGKILL');
  expect(await child.ended).toMatch(/^SIGKILL/);
});

test('one that a killed run left is ended; a number that another process has by now is left alone', async () => {
  const stray = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'], { stdio: 'ignore' });
  const gone = new Promise((resolve) => stray.once('exit', resolve));
  writeFileSync(path.join(folder, 'worker.pid'), processIdentity(stray.pid ?? 0));
  writeFileSync(path.join(folder, 'api.pid'), `${process.pid} 1`);
  await endStrays(folder);
  await gone;
  expect(existsSync(path.join(folder, 'worker.pid'))).toBe(false);
  expect(existsSync(path.join(folder, 'api.pid'))).toBe(false);
});

test('what is measured is broken off by SIGTERM; what cannot be ended keeps nothing else', async () => {
  const child = await startChild(spec('measured'));
  process.kill(child.pid, 'SIGTERM');
  expect(await child.ended).toBe('130 正在停止…… Stopping. server ended');
});
