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
  const { book, served } = await beginTestBook(name);
  await served;
  return book;
}

/** The database of a book; `served` resolves when its namespace can be used too, so that the database may be filled meanwhile. */
export async function beginTestBook(
  name: string,
): Promise<{ readonly book: TestBook; readonly served: Promise<void> }> {
  const { adminUrl, template, temporal } = testServers();
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 30);
  const database = `test_${plain}_${process.pid}_${randomBytes(3).toString('hex')}`;
  const served = makeNamespace(temporal, database);
  // Whoever waits for it is told.
  served.catch(() => undefined);
  await createBookDatabase(adminUrl, database, template);
  const book = {
    database,
    ...bookUrls(adminUrl, database),
    namespace: database,
    address: temporal,
    close: () => dropBookDatabase(adminUrl, database),
  };
  return { book, served };
}

async function makeNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await registerBookNamespace(connection, namespace, 1);
  } finally {
    await connection.close();
  }
  // All parts of the server of tests have read it by then, see worker/temporal-server.ts.
  await sleep(1_500);
}
