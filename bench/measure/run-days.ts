/**
 * One measured run: a fresh book, a worker, an API and the simulators as processes of their own, and the days of the
 * market gone through as a rehearsal goes through them. Nothing in the worker knows that it is measured.
 */
import { Client, Connection } from '@temporalio/client';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import { readIfThere } from '../../prisma/local-server';
import { bookUrls } from '../../prisma/migrate';
import { dropBook, makeBook } from '../../worker/book';
import { bookFolder, resultsFolder } from '../../cli/places';
import { startBookProcesses, takeBook } from '../../cli/processes/book-processes';
import type { Servers } from '../../cli/processes/servers';
import { readDaysFolder } from '../../cli/rehearsal/days-folder';
import { openJournal, type Journal } from '../../cli/rehearsal/journal';
import { runDays } from '../../cli/rehearsal/run-days';
import { OPENING_EVENING } from '../days/market';
import { readEvening, type Evening } from './evening';
import { endAll, isInterrupted, unlessInterrupted } from './interrupted';
import { watchMemory } from './memory';

/** After the start the worker is left alone this long, and is idle in the last second of it. */
const IDLE_MS = 4_000;

export interface MeasuredEvening extends Evening {
  /** Largest resident memory of the worker in the whole day, MB (10^6 bytes). */
  readonly workerPeakMb: number | undefined;
  /** Largest private memory of the connections together. */
  readonly databasePeakMb: number | undefined;
}

export interface MeasuredRun {
  readonly book: string;
  readonly evenings: readonly MeasuredEvening[];
  readonly idleMb: number | undefined;
  readonly peakMb: number | undefined;
  /** As the system itself has seen it, start-up included. */
  readonly highestMb: number | undefined;
  readonly findings: number;
}

/** @throws Error where a day is not closed, or anything was found in the files */
export async function measureDays(
  servers: Servers,
  data: string,
  book: string,
  options: { readonly keep: boolean },
): Promise<MeasuredRun> {
  const folder = readDaysFolder(data);
  const release = await takeBook(book);
  try {
    const { appUrl } = await makeBook({
      adminUrl: servers.adminUrl,
      temporalAddress: servers.temporalAddress,
      name: book,
      kind: 'rehearsal',
      clockMode: 'manual',
      clockAt: shanghaiInstant(OPENING_EVENING, '23:59'),
      openingFolder: folder.opening,
      people: true,
    });
    const processes = await startBookProcesses({
      book,
      databaseUrl: appUrl,
      servers,
      data: folder.folder,
      from: folder.days[0]!,
    });
    const pid = Number.parseInt(readIfThere(path.join(bookFolder(book), 'worker.pid')) ?? '', 10);
    const memory = await watchMemory(pid, servers.adminUrl, book);
    try {
      await sleep(IDLE_MS);
      const now = Date.now();
      const idleMb = inMb(memory.median(now - 1_000, now));
      await unlessInterrupted(() =>
        runDays({
          processes,
          folder,
          days: folder.days,
          isCompared: () => false,
          out: resultsFolder(book),
          journal: quietJournal(),
          stopping: isInterrupted,
        }),
      );
      const ended = Date.now();
      const evenings = await readEvenings(servers.temporalAddress, book, folder.days);
      return {
        book,
        evenings: evenings.map((evening) => ({
          ...evening,
          workerPeakMb: inMb(memory.peak('workerKb', evening.day.startedMs, evening.day.endedMs)),
          databasePeakMb: inMb(memory.peak('databaseKb', evening.day.startedMs, evening.day.endedMs)),
        })),
        idleMb,
        peakMb: inMb(memory.peak('workerKb', now, ended)),
        highestMb: inMb(memory.highestKb()),
        findings: await findingsOf(servers.adminUrl, book),
      };
    } finally {
      await endAll(memory.stop, processes.stop);
    }
  } finally {
    release();
    if (!options.keep) {
      await dropBook(servers.adminUrl, servers.temporalAddress, book);
      for (const place of [bookFolder(book), resultsFolder(book)]) rmSync(place, { recursive: true, force: true });
    }
  }
}

const inMb = (kb: number | undefined): number | undefined => (kb === undefined ? undefined : (kb * 1_024) / 1e6);

async function readEvenings(address: string, namespace: string, days: readonly BusinessDate[]): Promise<Evening[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const evenings: Evening[] = [];
    for (const date of days) evenings.push(await readEvening(client, date));
    return evenings;
  } finally {
    await connection.close();
  }
}

async function findingsOf(adminUrl: string, book: string): Promise<number> {
  const client = new pg.Client({ connectionString: bookUrls(adminUrl, book).appUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ found: number }>('select count(*)::int as found from findings');
    return rows[0]?.found ?? 0;
  } finally {
    await client.end();
  }
}

/** Only that something goes on, on a terminal. */
function quietJournal(): Journal {
  return { ...openJournal(process.stderr), say: () => undefined, events: () => undefined };
}
