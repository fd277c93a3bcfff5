/**
 * Makes the database of a book and brings it to the newest migration. Plain SQL files, each in one transaction, under
 * Prisma's own lock and bookkeeping, so that `prisma migrate status` agrees with what is done here.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** Owns the databases and everything in them; migrations run as it. */
const OWNER_ROLE = 'southbound_owner';
/** What api and worker log in as: no DDL, and no UPDATE or DELETE on ledger, audit and files. */
const APP_ROLE = 'southbound_app';

/** Major version of PostgreSQL: columns that are put together when they are read. */
export const OLDEST_SERVER = 18;

const MIGRATIONS = path.join(__dirname, 'migrations');
/** The lock that Prisma Migrate takes in a database, and ours in the cluster while roles and databases are made. */
const MIGRATE_LOCK = 72707369;
const CLUSTER_LOCK = 72707370;
const WRONG_PASSWORD: readonly string[] = ['28P01', '28000'];

const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/** Addresses of one book's database: as its owner, and as the application. */
export interface BookUrls {
  readonly ownerUrl: string;
  readonly appUrl: string;
}

/**
 * Addresses of the database `databaseName` in the cluster of `adminUrl`, for the two roles. Their passwords come from
 * `SOUTHBOUND_OWNER_PASSWORD` and `SOUTHBOUND_APP_PASSWORD`; the embedded cluster needs none.
 */
export function bookUrls(adminUrl: string, databaseName: string): BookUrls {
  const as = (role: string, password: string | undefined): string => {
    const url = new URL(adminUrl);
    if (url.username !== role) url.password = '';
    url.username = role;
    if (password) url.password = encodeURIComponent(password);
    url.pathname = `/${encodeURIComponent(databaseName)}`;
    return url.toString();
  };
  return {
    ownerUrl: as(OWNER_ROLE, process.env['SOUTHBOUND_OWNER_PASSWORD']),
    appUrl: as(APP_ROLE, process.env['SOUTHBOUND_APP_PASSWORD']),
  };
}

/**
 * Makes roles and database where they are missing and applies what has not been applied, in the order of the names.
 * Safe to run from several processes at once: one works, the others find it done.
 *
 * @param adminUrl a role that may make roles and databases; the owner itself will do once both are there.
 * @returns names of the migrations applied now.
 * @throws Error naming the migration: changed after it was applied, applied but no longer there, failed.
 */
export async function migrate(adminUrl: string, databaseName: string): Promise<readonly string[]> {
  await createBookDatabase(adminUrl, databaseName);
  return withClient(bookUrls(adminUrl, databaseName).ownerUrl, async (client) => {
    await refuseOldServer(client);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK]);
    await client.query(BOOKKEEPING);
    const applied = await appliedMigrations(client);
    const files = migrationFiles();
    for (const name of applied.keys()) {
      if (files.every((file) => file.name !== name)) {
        throw new Error(
          `数据库已应用本版本没有的迁移 ${name}，请使用更新的版本。The database has migration ${name}, which this version does not know: use a newer version of the software.`,
        );
      }
    }
    const now: string[] = [];
    for (const { name, sql, checksum } of files) {
      const known = applied.get(name);
      if (known === undefined) {
        await apply(client, name, sql, checksum);
        now.push(name);
      } else if (known !== checksum) {
        throw new Error(
          `迁移 ${name} 在应用后被修改，请恢复原文件并另写新迁移。Migration ${name} was changed after it was applied: restore it and write a new one.`,
        );
      }
    }
    // A migration may have changed tables whose versions are kept.
    if (now.length > 0) await client.query('select history.keep_versions()');
    return now;
  });
}

/** Before anything is changed: a book that had some of the migrations could neither go on nor back. */
async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; is_old: boolean }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int < ${OLDEST_SERVER} * 10000 as is_old`,
  );
  const [server] = rows;
  if (server?.is_old !== false)
    throw new Error(
      `需要 PostgreSQL ${OLDEST_SERVER} 或以上，该服务器为 ${server?.version ?? '-'}：请升级后再迁移，数据未被改动。PostgreSQL ${OLDEST_SERVER} or later is needed, and this server is ${server?.version ?? '-'}: upgrade it first; nothing was changed.`,
    );
}

/**
 * Makes the two roles and the database where they are missing; the database belongs to the owner, and only the two
 * roles may connect to it.
 *
 * @param template a database that nobody is connected to, to copy instead of beginning empty.
 */
export async function createBookDatabase(adminUrl: string, databaseName: string, template?: string): Promise<void> {
  await withClient(maintenanceUrl(adminUrl), async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [CLUSTER_LOCK]);
    await createRole(client, OWNER_ROLE, process.env['SOUTHBOUND_OWNER_PASSWORD']);
    await createRole(client, APP_ROLE, process.env['SOUTHBOUND_APP_PASSWORD']);
    const name = pg.escapeIdentifier(databaseName);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount !== 0) return;
    // Only a superuser may give a database to a role that it is no member of.
    await client.query(
      `DO $$ BEGIN IF NOT pg_has_role('${OWNER_ROLE}', 'MEMBER') THEN EXECUTE 'GRANT ${OWNER_ROLE} TO ' || quote_ident(current_user); END IF; END $$`,
    );
    const from = template === undefined ? '' : ` TEMPLATE ${pg.escapeIdentifier(template)}`;
    await client.query(`CREATE DATABASE ${name} OWNER ${OWNER_ROLE}${from}`);
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    await client.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${APP_ROLE}`);
  });
}

/** Removes a database with everything in it, whoever is connected. For tests, drills and `--fresh`. */
export async function dropBookDatabase(adminUrl: string, databaseName: string): Promise<void> {
  await withClient(maintenanceUrl(adminUrl), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(databaseName)} WITH (FORCE)`);
  });
}

/** Fingerprint of all migrations together; changes when any of them does. */
export function migrationsFingerprint(): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of migrationFiles()) hash.update(`${name} ${checksum}\n`);
  return hash.digest('hex');
}

interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

function migrationFiles(): readonly MigrationFile[] {
  return readdirSync(MIGRATIONS)
    .sort()
    .filter((name) => existsSync(path.join(MIGRATIONS, name, 'migration.sql')))
    .map((name) => {
      const sql = readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** Whether a database has every migration of this version, each as it stands here; it may have more. */
export async function hasAllMigrations(client: Pick<pg.Pool, 'query'>): Promise<boolean> {
  const applied = await appliedMigrations(client);
  return migrationFiles().every(({ name, checksum }) => applied.get(name) === checksum);
}

async function appliedMigrations(client: Pick<pg.Pool, 'query'>): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished: boolean }>(
    'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  for (const { migration_name: name, finished } of rows) {
    if (!finished) {
      throw new Error(`迁移 ${name} 曾失败，请先处理。Migration ${name} failed earlier: resolve it before going on.`);
    }
  }
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

/** One transaction: a migration that fails leaves nothing behind. (So none can build an index concurrently.) */
async function apply(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, clock_timestamp(), $3, 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const { message, position } = error as Error & { position?: string };
    const line = position ? ` (line ${sql.slice(0, Number(position)).split('\n').length})` : '';
    throw new Error(`迁移失败。Migration ${name} failed${line}: ${message}`, { cause: error });
  }
}

/** Makes the role if it is missing. A password given in the environment is set anew, so that it can be changed. */
async function createRole(client: pg.Client, role: string, password: string | undefined): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN`);
  if (!password) return;
  const { rows } = await client.query<{ may: boolean }>(
    'SELECT rolsuper OR rolcreaterole AS may FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.may) await client.query(`ALTER ROLE ${role} PASSWORD ${pg.escapeLiteral(password)}`);
}

function maintenanceUrl(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.pathname = '/postgres';
  return url.toString();
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const cure = WRONG_PASSWORD.includes(code ?? '')
      ? '请设置 DATABASE_URL、SOUTHBOUND_OWNER_PASSWORD 与 SOUTHBOUND_APP_PASSWORD。Set DATABASE_URL, SOUTHBOUND_OWNER_PASSWORD and SOUTHBOUND_APP_PASSWORD'
      : '请检查服务器与 DATABASE_URL。Check the server and DATABASE_URL';
    throw new Error(`无法连接 PostgreSQL。PostgreSQL cannot be reached. ${cure} (${message})`, { cause: error });
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
