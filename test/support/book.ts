/** A book of its own for a test file: database and namespace that no other test sees. */
import { Connection } from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { bookUrls, createBookDatabase, dropBookDatabase } from '../../prisma/migrate';
import { registerBookNamespace } from '../../worker/search-attributes';
import { testServers } from './servers';

export interface TestBook {
  readonly database: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** The namespace bears the name of the database. */
  readonly namespace: string;
  /** Temporal, host and port. */
  readonly address: string;
  /** Removes the database with everything in it. The namespace goes with the server of the run. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a book with all migrations applied and nothing in it.
 *
 * @param name of the test file, to recognise the book by; made short and plain.
 */
export async function openTestBook(name: string): Promise<TestBook> {
  const { adminUrl, template, temporal } = testServers();
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 30);
  const database = `test_${plain}_${process.pid}_${randomBytes(3).toString('hex')}`;
  await createBookDatabase(adminUrl, database, template);
  const connection = await Connection.connect({ address: temporal });
  try {
    await registerBookNamespace(connection, database, 1);
    // All parts of the server of tests have read it by then, see worker/temporal-server.ts.
    await sleep(1_500);
  } finally {
    await connection.close();
  }
  return {
    database,
    ...bookUrls(adminUrl, database),
    namespace: database,
    address: temporal,
    close: () => dropBookDatabase(adminUrl, database),
  };
}
