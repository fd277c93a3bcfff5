import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { temporalBinary, type TemporalPlaces } from '../../worker/temporal-binary';

const CACHE = path.join(__dirname, '../../.cache');

let dir: string;
let releases: Server;
let places: TemporalPlaces;
let asked: string[];
let told: string[];

beforeEach(async () => {
  mkdirSync(CACHE, { recursive: true });
  dir = mkdtempSync(path.join(CACHE, 'binary-'));
  asked = [];
  told = [];
  releases = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('not the archive of the release');
  });
  await new Promise<void>((resolve) => releases.listen(0, '127.0.0.1', resolve));
  const { port } = releases.address() as AddressInfo;
  places = {
    path: path.join(dir, 'bin'),
    goFolders: [],
    cache: path.join(dir, 'cache'),
    releases: `http://127.0.0.1:${port}`,
  };
});
afterEach(async () => {
  await new Promise((resolve) => releases.close(resolve));
  rmSync(dir, { recursive: true });
});

/** Puts a command on the PATH of the test. */
function command(name: string, script: string): string {
  mkdirSync(places.path, { recursive: true });
  const file = path.join(places.path, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const find = (): Promise<string> => temporalBinary((line) => void told.push(line), places);
const inCache = (...names: string[]): string => path.join(places.cache, 'southbound', 'temporal-1.8.2', ...names);

/** A `go build -o FILE …` that counts its runs, says two packages and writes FILE. */
const BUILDS = `
echo run >> "${'$'}(dirname "$0")/runs"
for word in "$@"; do if [ "$before" = -o ]; then file="$word"; fi; before="$word"; done
/bin/echo "go: downloading one v1" >&2; /bin/echo one/package >&2; /bin/sleep 0.3
/bin/echo '#!/bin/sh' > "$file"
`.replaceAll('dirname', '/usr/bin/dirname');

test.each([
  ['temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)', true, 'ours'],
  ['temporal version 0.0.0-DEV (Server 1.28.0, UI 2.40.0)', true, 'the oldest server that will do'],
  ['temporal version 1.3.0 (Server 1.27.9, UI 2.36.0)', false, 'older than that'],
  ['tctl version 1.18', false, 'something else of that name'],
])('a command on the PATH that says %s is used: %s', async (version, used, _why) => {
  const found = command('temporal', `echo '${version}'`);
  command('go', BUILDS);
  expect(await find()).toBe(used ? found : inCache('temporal'));
});

test('what is in the cache is used, and nothing is asked for', async () => {
  mkdirSync(inCache(), { recursive: true });
  writeFileSync(inCache('temporal'), '', { mode: 0o755 });
  expect(await find()).toBe(inCache('temporal'));
  expect(asked).toEqual([]);
});

test('an archive that is not the one of the checksum is refused, and the tool is built', async () => {
  command('go', BUILDS);
  expect(await find()).toBe(inCache('temporal'));
  expect(asked).toEqual([expect.stringMatching(/^\/temporal_cli_1\.8\.2_\w+_\w+\.tar\.gz$/)]);
  expect(told.join('\n')).toContain('checksum');
  expect(told.join('\n')).toContain('once, about four minutes');
  expect(readdirSync(inCache())).toEqual(['temporal']);
});

test('several starts at once build once between them', async () => {
  command('go', BUILDS);
  expect(new Set(await Promise.all([find(), find(), find()]))).toEqual(new Set([inCache('temporal')]));
  expect(readFileSync(path.join(places.path, 'runs'), 'utf8')).toBe('run\n');
});

test('what a killed build left is cleared away and its lock taken over', async () => {
  command('go', BUILDS);
  mkdirSync(inCache('new.999999'), { recursive: true });
  writeFileSync(inCache('new.999999', 'built'), 'half of it');
  writeFileSync(inCache('build.lock'), '999999999');
  expect(await find()).toBe(inCache('temporal'));
  expect(readdirSync(inCache())).toEqual(['temporal']);
});

test('a build that fails says so with the last words of Go, and leaves nothing behind', async () => {
  command('go', 'echo "go: no route to module" >&2; exit 1');
  await expect(find()).rejects.toThrow(/could not be built.*no route to module/);
  expect(readdirSync(inCache())).toEqual([]);
});

test('without Go and without anything else the three cures are named', async () => {
  await expect(find()).rejects.toThrow(/on the PATH, or install Go .* or point TEMPORAL_ADDRESS to a server/);
});
