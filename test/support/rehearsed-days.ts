/** Days of samples/days-a rehearsed on a book of the test run: the processes, the cast and the simulators of `southbound rehearse`. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { startBookProcesses } from '../../cli/processes/book-processes';
import { clockBefore, readDaysFolder } from '../../cli/rehearsal/days-folder';
import { runDays } from '../../cli/rehearsal/run-days';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { openPool } from '../../prisma/pool';
import { dropBook, makeBook } from '../../worker/book';
import { quietJournal } from './quiet-journal';
import { migratedDatabase, testServers } from './servers';

/**
 * Runs the first `count` days to their close, lets `look` see the book, and removes it.
 * @param overlay folder of a variant of one of the days
 */
export async function rehearsedDays(
  count: number,
  look: (client: Client, dates: readonly BusinessDate[], pool: Pool) => Promise<void>,
  overlay?: string,
): Promise<void> {
  const { adminUrl, temporal: temporalAddress } = testServers();
  const days = readDaysFolder(path.join(__dirname, '../../samples/days-a'));
  const dates = days.days.slice(0, count);
  const book = `test_rehearsed_${process.pid}_${randomBytes(3).toString('hex')}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'southbound-rehearsed-'));
  process.env['SOUTHBOUND_DATA'] = folder;
  await migratedDatabase(book);
  const { appUrl } = await makeBook({
    adminUrl,
    temporalAddress,
    name: book,
    kind: 'rehearsal',
    clockMode: 'manual',
    clockAt: clockBefore(dates[0]!),
    openingFolder: days.opening,
    people: true,
  });
  const connection = await Connection.connect({ address: temporalAddress });
  const processes = await startBookProcesses({
    book,
    databaseUrl: appUrl,
    servers: { temporalAddress },
    data: days.folder,
    from: dates[0]!,
    ...(overlay === undefined ? {} : { overlay }),
  });
  const pool = openPool(appUrl, 1);
  try {
    await runDays({
      processes,
      folder: days,
      days: dates,
      isCompared: () => false,
      out: path.join(folder, 'results'),
      journal: quietJournal(),
      stopping: () => false,
    });
    await look(new Client({ connection, namespace: book }), dates, pool);
  } finally {
    await pool.end();
    await processes.stop();
    await connection.close();
    await dropBook(adminUrl, temporalAddress, book);
    delete process.env['SOUTHBOUND_DATA'];
    rmSync(folder, { recursive: true, force: true });
  }
}
