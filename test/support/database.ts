/** A database for a test of verbs: no namespace and no worker, and quick enough to make one for every variant of a day. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { bookUrls, createBookDatabase, dropBookDatabase } from '../../prisma/migrate';
import { openPool } from '../../prisma/pool';
import { testServers } from './servers';

export interface TestDatabase {
  readonly database: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** Connections of the application's role. */
  readonly pool: Pool;
  /** Removes the database with everything in it. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a database with all migrations applied, or a copy of another one.
 *
 * @param name of the test file, to recognise the database by
 * @param template a database that nobody is connected to; the empty one of the run unless told otherwise
 */
export async function openDatabase(name: string, template?: string): Promise<TestDatabase> {
  const servers = testServers();
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 30);
  const database = `test_${plain}_${process.pid}_${randomBytes(3).toString('hex')}`;
  await createBookDatabase(servers.adminUrl, database, template ?? servers.template);
  const { appUrl, ownerUrl } = bookUrls(servers.adminUrl, database);
  const pool = openPool(appUrl, 6);
  return {
    database,
    ownerUrl,
    appUrl,
    pool,
    close: async () => {
      await pool.end();
      await dropBookDatabase(servers.adminUrl, database);
    },
  };
}

/** Does something with a copy of a database, and removes the copy. */
export async function onCopyOf<Result>(
  template: string,
  work: (copy: TestDatabase) => Promise<Result>,
): Promise<Result> {
  const copy = await openDatabase('copy', template);
  try {
    return await work(copy);
  } finally {
    await copy.close();
  }
}
