/**
 * A book: one database and one Temporal namespace of the same name, with the reference data, the opening state and the
 * clock that it keeps for ever. Making it is safe to repeat: what is there stays.
 */
import { Connection } from '@temporalio/client';
import pg, { type Pool } from 'pg';
import type { Writable } from 'node:stream';
import type { ClientPackage } from '../activities/archive/client-package';
import { takeClientFile, type ClientFileTaken } from '../activities/archive/export-client-file';
import { verifyAudit, type AuditVerification } from '../activities/audit/verify-audit';
import { loadReference } from '../activities/books/load-reference';
import { loadRehearsalPeople } from '../activities/books/load-rehearsal-people';
import { registerHolders } from '../activities/books/register-holders';
import { openBook } from '../activities/books/open-book';
import { seedClients } from '../activities/clients/seed-clients';
import { folderDocuments } from '../adapters/documents/folder-documents';
import { anchorsFolder } from '../adapters/anchors/anchors-folder';
import type { KeptAnchors } from '../adapters/anchors/anchors-port';
import { bookUrls, createBookDatabase, dropBookDatabase, migrate, type BookUrls } from '../prisma/migrate';
import { openPool } from '../prisma/pool';
import { registerBookNamespace } from './search-attributes';

/** Shanghai is the first channel; its opening state is what a folder of clearing days brings. */
const CHANNEL = 'SH';
/** gRPC status of a namespace that is not there: 5, and 3 with a text from the operator's service. */
const NO_NAMESPACE: readonly (number | undefined)[] = [3, 5];

export type BookKind = 'production' | 'rehearsal' | 'drill' | 'test';

export interface BookSpec {
  /** PostgreSQL, as a role that may make databases. */
  readonly adminUrl: string;
  /** Temporal, host and port. */
  readonly temporalAddress: string;
  readonly name: string;
  readonly kind: BookKind;
  readonly clockMode: 'real' | 'manual';
  /** Where a manual clock stands at first, UTC. */
  readonly clockAt?: string;
  /** `static/` of a folder of days: masters and balances of an evening. */
  readonly openingFolder?: string;
  /** The test people of a rehearsal. */
  readonly people?: boolean;
  /** Number of sample clients. */
  readonly clients?: number;
  /** Another book, which nobody is connected to: this one begins as its copy, without its processes. */
  readonly copyOf?: string;
}

/**
 * Makes a book, or completes one that is there.
 * @returns addresses of its database
 * @throws Error in one sentence where the database holds a book of another name, kind or clock
 */
export async function makeBook(spec: BookSpec): Promise<BookUrls> {
  if (spec.copyOf !== undefined) await copyBook(spec.adminUrl, spec.copyOf, spec.name);
  await migrate(spec.adminUrl, spec.name);
  const urls = bookUrls(spec.adminUrl, spec.name);
  const pool = openPool(urls.appUrl, 4);
  try {
    await Promise.all([fillBook(pool, spec), makeNamespace(spec)]);
  } finally {
    await pool.end();
  }
  return urls;
}

/** Removes a book with everything in it: for rehearsals, drills and tests, never for production. */
export async function dropBook(adminUrl: string, temporalAddress: string, name: string): Promise<void> {
  await refuseProduction(adminUrl, name);
  await dropBookDatabase(adminUrl, name);
  await withTemporal(temporalAddress, async (connection) => {
    try {
      await connection.operatorService.deleteNamespace({ namespace: name });
    } catch (error) {
      const { code, message } = error as Error & { code?: number };
      if (!NO_NAMESPACE.includes(code) || !/not found/.test(message)) throw error;
    }
  });
}

async function makeNamespace({ temporalAddress, name }: BookSpec): Promise<void> {
  await withTemporal(temporalAddress, (connection) => registerBookNamespace(connection, name));
}

async function fillBook(pool: Pool, spec: BookSpec): Promise<void> {
  await writeClock(pool, spec);
  await load(pool, spec);
}

/** Loads what a book that was made before is to hold: reference data always, people and opening state where asked for. */
export async function seedBook(spec: Pick<BookSpec, 'adminUrl' | 'name' | Loaded>): Promise<void> {
  const pool = openPool(bookUrls(spec.adminUrl, spec.name).appUrl, 4);
  try {
    await load(pool, spec);
  } finally {
    await pool.end();
  }
}

type Loaded = 'openingFolder' | 'people' | 'clients';

async function load(pool: Pool, { openingFolder, people, clients }: Pick<BookSpec, Loaded>): Promise<void> {
  await loadReference(pool);
  if (people === true) await loadRehearsalPeople(pool);
  if (openingFolder !== undefined) await openBook(pool, CHANNEL, openingFolder);
  if (people === true && openingFolder !== undefined) await registerHolders(pool);
  if (clients !== undefined) await seedClients(pool, clients);
}

/** How the clock of a book goes. @throws Error in one sentence where there is no such book */
export async function clockModeOf(adminUrl: string, name: string): Promise<'real' | 'manual'> {
  const mode = await withDatabase(bookUrls(adminUrl, name).appUrl, async (client) => {
    const { rows } = await client.query<{ mode: 'real' | 'manual' }>('select mode from business_clock');
    return rows[0]?.mode;
  }).catch(() => undefined);
  if (mode !== undefined) return mode;
  throw new Error(
    `没有账簿 ${name}，请先运行 southbound migrate --book ${name}。There is no book ${name}: run southbound migrate --book ${name} first.`,
  );
}

/**
 * Whether the audit of a book is as it was sealed, and as the anchors in a folder say.
 * @throws Error in one sentence where there is no such book
 */
export async function verifyBookAudit(
  adminUrl: string,
  name: string,
  folder: string,
): Promise<AuditVerification & KeptAnchors> {
  await clockModeOf(adminUrl, name);
  const kept = await anchorsFolder(folder).read();
  const pool = openPool(bookUrls(adminUrl, name).appUrl, 6);
  try {
    return { ...kept, ...(await verifyAudit(pool, kept.anchors)) };
  } finally {
    await pool.end();
  }
}

export interface ClientFileExport extends ClientFileTaken {
  readonly book: string;
  /** Folder of the book's documents. */
  readonly documents: string;
  readonly to: Writable;
}

/**
 * Writes the whole file of a client as one package; the audit says who took out which, and why, before it is written.
 * @throws Error in one sentence where there is no such book, BusinessError NOT_FOUND, DOCUMENT_DAMAGED
 */
export async function exportClientFile(adminUrl: string, asked: ClientFileExport): Promise<ClientPackage> {
  const { book, documents, to, ...taken } = asked;
  await clockModeOf(adminUrl, book);
  const pool = openPool(bookUrls(adminUrl, book).appUrl, 2);
  try {
    return await takeClientFile({ pool, documents: folderDocuments(documents) }, taken, to);
  } finally {
    await pool.end();
  }
}

/** Written once; a book that is there must be the one that is meant. */
async function writeClock(pool: Pool, { name, kind, clockMode, clockAt }: BookSpec): Promise<void> {
  await pool.query(
    'insert into business_clock (book_name, book_kind, mode, now) values ($1, $2, $3, $4) on conflict do nothing',
    [name, kind, clockMode, clockMode === 'manual' ? clockAt : null],
  );
  const { rows } = await pool.query<{ book_name: string; book_kind: string; mode: string }>(
    'select book_name, book_kind, mode from business_clock',
  );
  const [kept] = rows;
  if (kept?.book_name === name && kept.book_kind === kind && kept.mode === clockMode) return;
  const there = `${kept?.book_name ?? ''} (${kept?.book_kind ?? ''}, ${kept?.mode ?? ''})`;
  throw new Error(
    `数据库 ${name} 中是另一账簿 ${there}，请改用其他名称。The database ${name} holds another book, ${there}: use another name.`,
  );
}

/** A copy of the database under the new name; the name of a book is written once, so only its owner may write it again. */
async function copyBook(adminUrl: string, from: string, to: string): Promise<void> {
  await createBookDatabase(adminUrl, to, from);
  await withDatabase(bookUrls(adminUrl, to).ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('alter table business_clock disable trigger clock_kind_is_final');
    await client.query('update business_clock set book_name = $1', [to]);
    await client.query('alter table business_clock enable trigger clock_kind_is_final');
    await client.query('commit');
  });
}

async function refuseProduction(adminUrl: string, name: string): Promise<void> {
  const kind = await withDatabase(bookUrls(adminUrl, name).appUrl, async (client) => {
    const { rows } = await client.query<{ book_kind: string }>('select book_kind from business_clock');
    return rows[0]?.book_kind;
  }).catch(() => undefined);
  if (kind !== 'production') return;
  throw new Error(`${name} 是生产账簿，不能删除。${name} is a production book and is never removed.`);
}

async function withDatabase<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function withTemporal<Result>(
  address: string,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
