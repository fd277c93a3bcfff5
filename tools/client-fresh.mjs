// The generated Prisma client is the one that prisma/schema.prisma gives today: generates it beside and compares.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const kept = path.join(root, 'generated/prisma');
mkdirSync(path.join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(path.join(root, '.cache', 'client-'));

/** Every file below a folder with its text; the schema that is copied inside names its own output, which differs. */
const texts = (below) =>
  new Map(
    readdirSync(below, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'class.ts')
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
      .map((file) => [path.relative(below, file), readFileSync(file, 'utf8')]),
  );

try {
  const schema = readFileSync(path.join(root, 'prisma/schema.prisma'), 'utf8');
  const output = path.join(folder, 'client');
  const file = path.join(folder, 'schema.prisma');
  writeFileSync(file, schema.replace('"../generated/prisma"', JSON.stringify(output)));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'tools/prisma.mjs'), 'generate', '--schema', file],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stdout + stderr);
  const [now, old] = [texts(output), texts(kept)];
  const differing = [...new Set([...now.keys(), ...old.keys()])].filter((name) => now.get(name) !== old.get(name));
  if (differing.length > 0) {
    console.error(
      `generated/prisma 已过时，请运行 npm run prisma -- generate。generated/prisma is stale: run npm run prisma -- generate`,
    );
    console.error(
      differing
        .slice(0, 10)
        .map((name) => `  ${name}`)
        .join('\n'),
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
