/** Once for a test run: PostgreSQL, Temporal, a database to copy, the bundle of the workflows. */
import path from 'node:path';
import { Client } from 'pg';
import { startPostgres, throwawaySettings } from '../../prisma/embedded';
import { isAlive, withStartLock } from '../../prisma/local-server';
import { dropBookDatabase, migrate, migrationsFingerprint } from '../../prisma/migrate';
import { startTemporal, type TemporalServer } from '../../worker/temporal-server';
import { workflowBundle } from '../../worker/workflow-bundle';
import { publishServers, TEST_FOLDER } from './servers';

declare global {
  // The teardown runs in the same process and has no other way to find it.
  var testTemporalServer: TemporalServer | undefined;
}

export default async function setUp(): Promise<void> {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const [[adminUrl, template], temporal] = await Promise.all([
    startPostgres(TEST_FOLDER, throwawaySettings).then(async (url) => {
      const lock = path.join(TEST_FOLDER, 'template.lock');
      return [url, await withStartLock(lock, () => templateDatabase(url))] as const;
    }),
    startTemporal({ dir: TEST_FOLDER, headless: true, fresh: true, progress: tell }),
    workflowBundle(),
  ]);
  globalThis.testTemporalServer = temporal;
  publishServers({ adminUrl, template, temporal: temporal.address });
}

/** Name of the database with all of today's migrations; made once for them. What dead runs left is removed. */
async function templateDatabase(adminUrl: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      `SELECT datname FROM pg_database WHERE datname ~ '^(test|making)_'`,
    );
    for (const { datname } of rows) {
      const pid = /_(\d+)(_\w+)?$/.exec(datname)?.[1] ?? '';
      if (!isAlive(pid)) await dropBookDatabase(adminUrl, datname);
    }
    const template = `template_${migrationsFingerprint().slice(0, 16)}`;
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount !== 0) return template;
    const unfinished = `making_template_${process.pid}`;
    await migrate(adminUrl, unfinished);
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
    return template;
  } finally {
    await client.end();
  }
}
