import pg from 'pg';
import { bookUrls, migrate } from '../../prisma/migrate';
import { openDatabase, type TestDatabase } from '../support/database';
import { testServers } from '../support/servers';

let book: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  book = await openDatabase('migrate');
  owner = new pg.Client({ connectionString: book.ownerUrl });
  owner.on('error', () => undefined);
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await book.close();
});

const again = (): Promise<readonly string[]> => migrate(testServers().adminUrl, book.database);
/** As another version wrote it, until the test is over. */
async function whileWritten(column: string, value: string, work: () => Promise<void>): Promise<void> {
  const { rows } = await owner.query<{ before: string }>(
    `select ${column} as before from _prisma_migrations where migration_name = '0001_foundation'`,
  );
  const write = (of: string, name: string) =>
    owner.query(`update _prisma_migrations set ${column} = $1 where migration_name = $2`, [of, name]);
  await write(value, '0001_foundation');
  try {
    await work();
  } finally {
    await write(rows[0]?.before ?? '', column === 'migration_name' ? value : '0001_foundation');
  }
}

test('a database that has every migration is left as it is', async () => {
  expect(await again()).toEqual([]);
});

test('an empty database gets every migration once, however many begin', async () => {
  const { adminUrl } = testServers();
  const database = `${book.database}_new`;
  const runs = await Promise.all([
    migrate(adminUrl, database),
    migrate(adminUrl, database),
    migrate(adminUrl, database),
  ]);
  const { rows } = await owner.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations ORDER BY 1',
  );
  expect(runs.flat().sort()).toEqual(rows.map((row) => row.migration_name));
  expect(runs.flat().length).toBeGreaterThan(0);
});

test('a migration changed after it was applied is refused by name', async () => {
  await whileWritten('checksum', '0'.repeat(64), async () => {
    await expect(again()).rejects.toThrow('0001_foundation was changed after it was applied');
  });
});

test('a database of a newer version is refused', async () => {
  await whileWritten('migration_name', '9999_later', async () => {
    await expect(again()).rejects.toThrow('9999_later, which this version does not know');
  });
});

test.each([
  ['CREATE TABLE mine (n int)', 'permission denied for schema public', 'no DDL of its own'],
  ['ALTER TABLE audit ADD COLUMN n int', 'must be owner', 'no DDL of its own'],
  ['DELETE FROM audit', 'permission denied', 'audit is append-only'],
  [`UPDATE entries SET amount = 0`, 'permission denied', 'the ledger is append-only'],
  ['DELETE FROM batches', 'permission denied', 'the ledger is append-only'],
  ['UPDATE files SET name = name', 'permission denied', 'files are kept as received'],
  ['UPDATE answer_scores SET score = 0', 'permission denied', 'risk results rest on it'],
  ['UPDATE risk_bands SET code = code', 'permission denied', 'risk results rest on it'],
  ['UPDATE bad_credit_records SET recorded_on = recorded_on', 'permission denied', 'eligibility rests on it'],
  ['UPDATE securities_accounts SET client_no = client_no', 'permission denied', 'eligibility rests on it'],
  ['UPDATE portfolio_fee_tiers SET above_hkd = 0', 'permission denied', 'figures rest on it'],
  ['UPDATE margin_models SET valid_from = valid_from', 'permission denied', 'figures rest on it'],
  ['UPDATE risk_rates SET valid_from = valid_from', 'permission denied', 'figures rest on it'],
  ['UPDATE ladder_terms SET at_time = at_time', 'permission denied', 'promises rest on it'],
  ['SET ROLE southbound_owner', 'permission denied', 'the application cannot become the owner'],
])('the application is refused: %s', async (sql, refusal, _why) => {
  await expect(book.pool.query(sql)).rejects.toThrow(refusal);
});

test.each([
  [
    'postgresql://postgres@127.0.0.1:5432/postgres',
    {},
    'postgresql://southbound_app@127.0.0.1:5432/book',
    'no password',
  ],
  [
    'postgresql://admin:secret@db:5432/postgres?sslmode=require',
    { SOUTHBOUND_APP_PASSWORD: 'p@ss/word' },
    'postgresql://southbound_app:p%40ss%2Fword@db:5432/book?sslmode=require',
    "the administrator's password is never passed on; parameters are",
  ],
  [
    'postgresql://southbound_app:own@db/book',
    {},
    'postgresql://southbound_app:own@db/book',
    "an address of the application's own keeps its password",
  ],
])('the application connects to %s as itself', (adminUrl, environment: Record<string, string>, expected, _why) => {
  Object.assign(process.env, environment);
  try {
    expect(bookUrls(adminUrl, 'book').appUrl).toBe(expected);
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
  }
});
