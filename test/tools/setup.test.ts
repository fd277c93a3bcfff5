import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const CACHE = path.join(ROOT, '.cache');

let dir: string;
beforeEach(() => {
  mkdirSync(CACHE, { recursive: true });
  dir = mkdtempSync(path.join(CACHE, 'setup-'));
  for (const folder of ['tools', 'bin', 'prisma']) mkdirSync(path.join(dir, folder));
  copyFileSync(path.join(ROOT, 'tools/setup.mjs'), path.join(dir, 'tools/setup.mjs'));
  write('package.json', JSON.stringify({ engines: { node: '>=20' } }));
  write('package-lock.json', '{}');
  write('prisma/schema.prisma', '');
  // Stands for the generator: writes the client and says that it ran.
  write(
    'tools/prisma.mjs',
    `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
     mkdirSync('generated/prisma', { recursive: true });
     writeFileSync('generated/prisma/client.ts', '');
     appendFileSync('runs', process.argv.slice(2).join(' ') + '\\n');`,
  );
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(path.join(dir, name), text);
const file = (name: string): string => path.join(dir, name);

/** Sets the time of a file to so many seconds ago. */
const aged = (name: string, seconds: number): void => {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(file(name), then, then);
};

function npm(script: string): void {
  write('bin/npm', `#!/bin/sh\n${script}\n`);
  chmodSync(file('bin/npm'), 0o755);
}
const INSTALLS = 'echo "npm $1" >> runs; /bin/mkdir -p node_modules; echo "{}" > node_modules/.package-lock.json';

function setUp(): { readonly status: number | null; readonly said: string; readonly runs: readonly string[] } {
  const { status, stderr } = spawnSync(process.execPath, [file('tools/setup.mjs')], {
    env: { ...process.env, PATH: file('bin') },
    encoding: 'utf8',
  });
  const runs = existsSync(file('runs')) ? spawnSync('/bin/cat', [file('runs')], { encoding: 'utf8' }).stdout : '';
  return { status, said: stderr, runs: runs.split('\n').filter((line) => line !== '') };
}

test('a checkout with nothing installs and generates; a second time does and says nothing', () => {
  npm(INSTALLS);
  const first = setUp();
  expect(first).toMatchObject({ status: 0, runs: ['npm ci', 'generate'] });
  expect(first.said).toContain('Installing packages');
  expect(setUp()).toEqual({ status: 0, said: '', runs: first.runs });
});

test.each([
  ['package-lock.json', 'changed', ['npm ci', 'generate'], 'other packages are locked now'],
  ['package-lock.json', 'only touched', ['generate'], 'git wrote it again with the same content'],
  ['prisma/schema.prisma', 'changed', ['generate'], 'the client is generated from it'],
])('after %s was %s it does what that asks for', (name, how, expected, _why) => {
  npm(INSTALLS);
  setUp();
  rmSync(file('runs'));
  for (const made of ['node_modules/.package-lock.json', 'generated/prisma/client.ts']) aged(made, 60);
  for (const source of ['package-lock.json', 'prisma/schema.prisma']) aged(source, 120);
  if (how === 'changed') write(name, '{"changed": true}');
  aged(name, 0);
  expect(setUp()).toMatchObject({ status: 0, runs: expected });
});

test.each([
  ['no npm', () => undefined, /install npm, which comes with Node/],
  ['npm failing', () => npm('echo "registry unreachable" >&2; exit 1'), /registry unreachable[^]*check the network/],
  ['a full disk', () => npm('echo "npm error code ENOSPC" >&2; exit 1'), /The disk is full/],
  [
    'an old Node',
    () => write('package.json', JSON.stringify({ engines: { node: '^18.2 || >=99' } })),
    /is outside \^18\.2 \|\| >=99: install Node 20, 22 or 24/,
  ],
])('%s is told in a sentence that says what to do', (_what, arrange, sentence) => {
  arrange();
  const { status, said } = setUp();
  expect(status).toBe(1);
  expect(said).toMatch(sentence);
});

test('the lock of a set-up that was killed is taken over', () => {
  npm(INSTALLS);
  mkdirSync(file('.cache'));
  write('.cache/setup.lock', '999999999');
  expect(setUp()).toMatchObject({ status: 0, runs: ['npm ci', 'generate'] });
  expect(existsSync(file('.cache/setup.lock'))).toBe(false);
});

test.each([
  ['20.19.0', true],
  ['20.18.3', false],
  ['21.7.0', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['23.9.0', false],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node %s fits what package.json says: %s', (version, fits) => {
  const { engines } = jest.requireActual<{ engines: { node: string } }>('../../package.json');
  const { stdout } = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { nodeFits } from ${JSON.stringify(path.join(ROOT, 'tools/setup.mjs'))}; console.log(nodeFits(${JSON.stringify(version)}, ${JSON.stringify(engines.node)}))`,
    ],
    { encoding: 'utf8' },
  );
  expect(stdout.trim()).toBe(String(fits));
});
