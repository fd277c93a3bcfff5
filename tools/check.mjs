// npm run check: every check of the project, one line each, going on after a failure. What a failed one said follows its
// line. `--json FILE` writes the counts for .ci/run; `--only NAME` runs the checks whose name contains NAME.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const bin = (name, ...args) => [process.execPath, path.join(root, 'node_modules', name), ...args];
// What a check found of files that have not changed since: looked at again only where something it depends on is another.
const kept = (name) => path.join(root, '.southbound', 'check', name);
const tsx = (...args) => bin('tsx/dist/cli.mjs', ...args);

const checks = [
  {
    name: '类型 types',
    command: bin(
      'typescript/bin/tsc',
      '--noEmit',
      '--pretty',
      'false',
      '-p',
      '.',
      '--incremental',
      '--tsBuildInfoFile',
      kept('types'),
    ),
  },
  { name: '规范 lint', command: bin('eslint/bin/eslint.js', '.') },
  {
    name: '依赖方向 directions',
    command: bin(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      ...productFolders(),
    ),
  },
  { name: '无用代码 dead code', command: bin('knip/bin/knip.js', '--no-progress', '--no-config-hints') },
  {
    name: '格式 formatting',
    command: bin(
      'prettier/bin/prettier.cjs',
      '--check',
      '--log-level',
      'warn',
      '--cache',
      '--cache-strategy',
      'content',
      '--cache-location',
      kept('formatting'),
      '.',
    ),
  },
  { name: 'Prisma 客户端 client is fresh', command: [process.execPath, 'tools/client-fresh.mjs'] },
  { name: '数据库结构 schema is fresh', command: tsx('tools/schema-dump.ts', '--check') },
  { name: 'OpenAPI 文档 document is fresh', command: tsx('tools/openapi.ts', '--check'), needs: 'tools/openapi.ts' },
  { name: '流程打包 workflow bundle builds', command: tsx('tools/bundle.ts'), needs: 'workflows/index.ts' },
  {
    name: '锁文件 npm ci would pass',
    command: ['npm', 'ci', '--dry-run', '--no-audit', '--no-fund', '--loglevel=error'],
  },
];

function productFolders() {
  return [
    'domain',
    'workflows',
    'activities',
    'adapters',
    'api',
    'worker',
    'cli',
    'prisma',
    'simulators',
    'console',
    'bench',
    'test',
    'tools',
  ].filter((folder) => existsSync(path.join(root, folder)));
}

function run([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (words += chunk));
    child.on('error', (error) => resolve({ status: 1, words: error.message }));
    child.on('close', (status) => resolve({ status: status ?? 1, words: words.trim() }));
  });
}

const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const only = option('--only') ?? '';
const chosen = checks.filter(
  ({ name, needs }) => name.includes(only) && (!needs || existsSync(path.join(root, needs))),
);
const counts = { passed: 0, failed: 0 };

/** Two at a time, each told when it ends: most of them wait for one processor only. */
async function lane() {
  for (let check = chosen.shift(); check; check = chosen.shift()) {
    const started = performance.now();
    const { status, words } = await run(check.command);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    counts[status === 0 ? 'passed' : 'failed'] += 1;
    console.log(`${status === 0 ? '✓' : '✗'} ${check.name} (${seconds} s)`);
    if (status !== 0 && words) console.log(words.replaceAll(/^/gm, '    '));
  }
}
await Promise.all([lane(), lane()]);
const file = option('--json');
if (file) writeFileSync(file, JSON.stringify(counts));
console.log(`检查 checks: ${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
