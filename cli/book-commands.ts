/** `southbound migrate`, `seed` and `ops`: making a book, filling it, and what operators do to its schedule. */
import { Client, Connection } from '@temporalio/client';
import { parseBusinessDate } from '../domain/calendar/business-date';
import type { Channel } from '../domain/channel';
import { clockModeOf, makeBook, seedBook, type BookKind } from '../worker/book';
import { backfill, reconcileSamples, reconcileSchedule } from '../worker/schedules';
import { startServers, type Servers } from './processes/servers';

const CHANNEL: Channel = 'SH';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function withServers(work: (servers: Servers) => Promise<void>): Promise<void> {
  const servers = await startServers(say);
  try {
    await work(servers);
  } finally {
    await servers.stop();
  }
}

/** Makes the book or brings it to this version: database, migrations, clock, reference data, namespace. */
export const migrateBook = (book: string, kind: BookKind): Promise<void> =>
  withServers(async ({ adminUrl, temporalAddress }) => {
    await makeBook({ adminUrl, temporalAddress, name: book, kind, clockMode: 'real' });
    say(`账簿 ${book} 已就绪。The book ${book} is ready.`);
  });

/** Loads reference data, and where asked for the opening state of a folder and the test people of a rehearsal. */
export const seed = (
  book: string,
  given: { readonly opening?: string; readonly people?: boolean; readonly clients?: number },
): Promise<void> =>
  withServers(async ({ adminUrl }) => {
    const { opening, people = false, clients } = given;
    await clockModeOf(adminUrl, book);
    await seedBook({
      adminUrl,
      name: book,
      people,
      ...(opening === undefined ? {} : { openingFolder: opening }),
      ...(clients === undefined ? {} : { clients }),
    });
    say(`账簿 ${book} 已载入数据。The book ${book} has its reference data.`);
  });

/** Brings the schedules of the settlement days and of the monthly samples to their shape; whether somebody paused one stays. */
export const reconcile = (book: string): Promise<void> =>
  withServers(async ({ adminUrl, temporalAddress }) => {
    const mode = await clockModeOf(adminUrl, book);
    await withClient(temporalAddress, book, async (client) => {
      await reconcileSchedule(client, CHANNEL, mode);
      await reconcileSamples(client, mode);
    });
    say(`账簿 ${book} 的定时计划已核对。The schedules of the book ${book} are in their shape.`);
  });

/** Starts the days of a range as if the schedule had rung; what was started stays as it is. */
export const backfillDays = (book: string, from: string, to: string): Promise<void> =>
  withServers(async ({ temporalAddress }) => {
    const [first, last] = [parseBusinessDate(from), parseBusinessDate(to)];
    if (last < first) throw new Error(`--to ${to} 早于 --from ${from}。--to ${to} is before --from ${from}.`);
    await withClient(temporalAddress, book, (client) => backfill(client, CHANNEL, first, last));
    say(`已补启动 ${from} 至 ${to}。Backfilled ${from} to ${to}.`);
  });

async function withClient(address: string, book: string, work: (client: Client) => Promise<void>): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await work(new Client({ connection, namespace: book }));
  } finally {
    await connection.close();
  }
}
