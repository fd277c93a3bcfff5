/**
 * Books that stand at the evening of a published day, run through the verbs once for a test run: every variant of a day starts from the same
 * closed day before it. Whoever needs one copies it; verbs one after the other share the copy of their test file and are undone.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, type Pool } from 'pg';
import type { Side } from '../../domain/channel';
import { dropBookDatabase } from '../../prisma/migrate';
import { openDatabase, onCopyOf, type TestDatabase } from './database';
import { datesIn, dayOf, DAYS_A, filesOf, openBookOf, runDay, verbsOf, workflowOf } from './days-of-verbs';
import { testServers } from './servers';
import { undone } from './undone';

const MAKING_LOCK = 72707371;

/** Name of a database that stands at the evening of this day of days-a, closed. Made by the first who asks. */
export async function eveningOf(date: string): Promise<string> {
  const admin = new Client({ connectionString: testServers().adminUrl });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock($1)', [MAKING_LOCK]);
    return await madeEvening(admin, date);
  } finally {
    await admin.end();
  }
}

async function madeEvening(admin: Client, date: string): Promise<string> {
  // Test files of one run share the process that started them; what dead runs left is removed by the set-up.
  const name = `test_evening_${process.ppid}_${date.replaceAll('-', '')}`;
  const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [name]);
  if (rowCount !== 0) return name;
  const dates = datesIn(DAYS_A);
  const before = dates[dates.indexOf(date) - 1];
  const making = await openDatabase('making', before === undefined ? undefined : await madeEvening(admin, before));
  try {
    if (before === undefined) await openBookOf(making.pool, DAYS_A);
    const day = dayOf(date);
    await runDay(making.pool, day, filesOf(path.join(DAYS_A, date)));
    await verbsOf(making.pool).closeDay({ ...day, workflowId: workflowOf(day) });
    await making.pool.end();
    await admin.query(`alter database ${making.database} rename to ${name}`);
    return name;
  } catch (failure) {
    await dropBookDatabase(testServers().adminUrl, making.database);
    throw failure;
  }
}

/** Does something with a book of its own that stands at the evening of this day. */
export async function onEveningOf<Result>(
  date: string,
  work: (book: TestDatabase) => Promise<Result>,
): Promise<Result> {
  return onCopyOf(await eveningOf(date), work);
}

const shared = new Map<string, Promise<TestDatabase>>();
afterAll(async () => {
  for (const book of shared.values()) await book.then((one) => one.close());
});

/**
 * As `onEveningOf` for verbs one after the other, on one connection: nothing of what they do stays, and the next test of the file finds the same
 * evening. A copy takes as long as a day of verbs.
 */
export async function undoneEveningOf<Result>(
  date: string,
  work: (book: { readonly pool: Pool }) => Promise<Result>,
): Promise<Result> {
  const book = shared.get(date) ?? eveningOf(date).then((evening) => openDatabase('undone', evening));
  shared.set(date, book);
  return undone((await book).pool, (pool) => work({ pool }));
}

/** The published figures of a day, as far as tests read them by name; money is text. */
export interface PublishedDay {
  readonly cash: readonly Readonly<Record<'fundAccount' | 'balance' | 'frozenTrades' | 'frozenPortfolioFee', string>>[];
  readonly preClearing: readonly Readonly<Record<'fundAccount' | 'receivable', string>>[];
  readonly preClearingNegative: readonly Readonly<Record<'fundAccount', string>>[];
  readonly clientMoneyIdentity: { readonly onTheWay: string };
  readonly settlement: Readonly<Record<Side, { readonly at1030: { readonly corporateActionMoney: string } }>>;
  readonly corporateActions: {
    readonly dividends: readonly {
      readonly allocations: readonly {
        readonly securitiesAccount: string;
        readonly quantity: number;
        readonly amount: string;
      }[];
    }[];
  };
  readonly [section: string]: unknown;
}

export const expectedOf = (date: string): PublishedDay =>
  JSON.parse(readFileSync(path.join(DAYS_A, date, 'expected.json'), 'utf8')) as PublishedDay;
