/**
 * npm run schema:dump: makes a scratch database from the migrations and writes what came out of it, `prisma/schema.sql`
 * (to review) and `prisma/schema.prisma` (to read by). With `--check` writes nothing and says what is stale.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { startPostgres, stopPostgres, throwawaySettings } from '../prisma/embedded';
import { bookUrls, dropBookDatabase, migrate } from '../prisma/migrate';
import { describeSchema } from './schema-catalogue';

const ROOT = path.join(__dirname, '..');
const CLUSTER = path.join(ROOT, '.southbound', 'test');
const CACHE = path.join(ROOT, '.cache');

async function schemaSql(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await describeSchema(client);
  } finally {
    await client.end();
  }
}

/** What Prisma reads from the database, with the names that stand in the schema now. */
function schemaPrisma(url: string): string {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(path.join(CACHE, 'schema-'));
  try {
    const file = path.join(folder, 'schema.prisma');
    copyFileSync(path.join(ROOT, 'prisma/schema.prisma'), file);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(ROOT, 'tools/prisma.mjs'), 'db', 'pull', '--schema', file],
      { env: { ...process.env, DATABASE_URL: url }, encoding: 'utf8' },
    );
    const text = readFileSync(file, 'utf8');
    // The command ends with success also where its engine broke: what it says it did is looked for instead.
    if (status !== 0 || !stdout.includes('Introspected')) throw new Error(`prisma db pull: ${stdout}${stderr}`);
    return text;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function firstDifference(kept: string, made: string): string {
  const [old, now] = [kept.split('\n'), made.split('\n')];
  const line = now.findIndex((text, index) => text !== old[index]);
  const at = line < 0 ? now.length : line;
  return `line ${at + 1}: "${old[at] ?? ''}" should be "${now[at] ?? ''}"`;
}

async function main(check: boolean): Promise<number> {
  const adminUrl = await startPostgres(CLUSTER, throwawaySettings);
  const database = `schema_dump_${process.pid}`;
  try {
    await migrate(adminUrl, database);
    const url = bookUrls(adminUrl, database).ownerUrl;
    const made = { 'prisma/schema.sql': await schemaSql(url), 'prisma/schema.prisma': schemaPrisma(url) };
    let stale = 0;
    for (const [name, text] of Object.entries(made)) {
      const file = path.join(ROOT, name);
      if (!check) {
        writeFileSync(file, text);
        continue;
      }
      const kept = readFileSync(file, 'utf8');
      if (kept === text) continue;
      stale += 1;
      console.error(`${name} 已过时，请运行 npm run schema:dump。${name} is stale: run npm run schema:dump`);
      console.error(`  ${firstDifference(kept, text)}`);
    }
    return stale === 0 ? 0 : 1;
  } finally {
    await dropBookDatabase(adminUrl, database);
    await stopPostgres(CLUSTER);
  }
}

main(process.argv.includes('--check')).then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
