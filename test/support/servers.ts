/** Where the servers of a test run are kept, and how the test files learn their addresses. */
import path from 'node:path';
import { createBookDatabase } from '../../prisma/migrate';

export const TEST_FOLDER = path.join(__dirname, '..', '..', '.southbound', 'test');

/** Set by the global set-up; every worker process of Jest inherits them. */
const VARIABLES = {
  adminUrl: 'SOUTHBOUND_TEST_POSTGRES',
  template: 'SOUTHBOUND_TEST_TEMPLATE',
  temporal: 'SOUTHBOUND_TEST_TEMPORAL',
} as const;

/** The servers of this test run. */
export interface TestServers {
  /** PostgreSQL, as its administrator. */
  readonly adminUrl: string;
  /** Database with all migrations applied, to copy. */
  readonly template: string;
  /** Temporal, host and port. */
  readonly temporal: string;
}

export function publishServers(servers: TestServers): void {
  for (const [name, variable] of Object.entries(VARIABLES)) process.env[variable] = servers[name as keyof TestServers];
}

/** The empty database of a book that the product then makes: what is there stays, so its migrations need not run once more. */
export const migratedDatabase = (name: string): Promise<void> => {
  const { adminUrl, template } = testServers();
  return createBookDatabase(adminUrl, name, template);
};

export function testServers(): TestServers {
  const read = (variable: string): string => {
    const value = process.env[variable];
    if (!value) throw new Error(`${variable} is not set: this test needs the servers, see jest.config.js`);
    return value;
  };
  return { adminUrl: read(VARIABLES.adminUrl), template: read(VARIABLES.template), temporal: read(VARIABLES.temporal) };
}
