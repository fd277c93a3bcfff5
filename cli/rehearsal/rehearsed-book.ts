/** The book of a rehearsal: made anew, its processes started and ended, the oldest removed. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { readFolder } from '../../prisma/local-server';
import { dropBook, makeBook } from '../../worker/book';
import { bookFolder, dataFolder, resultsFolder } from '../places';
import { bookIsTaken, startBookProcesses, takeBook, type BookProcesses } from '../processes/book-processes';
import type { Servers } from '../processes/servers';
import { clockBefore, type DaysFolder, type Overlay } from './days-folder';

/** Rehearsed books that are kept to be looked at; older ones are removed. */
const KEPT_BOOKS = 5;
const REHEARSED = /^rehearsal-.+-\d{8}-\d{6}$/;

/** `rehearsal-WHAT-STAMP`, in letters that a database may have in its name. */
export function nameOfRehearsal(what: string): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');
  const plain = what
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 30);
  return `rehearsal-${plain}-${stamp}`;
}

export interface RehearsedBook {
  readonly processes: BookProcesses;
  /** Database of the book, as the application. */
  readonly databaseUrl: string;
}

/** Makes the book with the opening state of the folder, lets it be used with its processes, and ends these. */
export async function onRehearsedBook<Answer>(
  spec: {
    readonly book: string;
    readonly folder: DaysFolder;
    readonly first: BusinessDate;
    readonly servers: Pick<Servers, 'adminUrl' | 'temporalAddress'>;
    readonly overlay?: Overlay | undefined;
  },
  use: (book: RehearsedBook) => Promise<Answer>,
): Promise<Answer> {
  const { book, folder, first, servers, overlay } = spec;
  const release = await takeBook(book);
  let processes: BookProcesses | undefined;
  try {
    const { appUrl } = await makeBook({
      adminUrl: servers.adminUrl,
      temporalAddress: servers.temporalAddress,
      name: book,
      kind: 'rehearsal',
      clockMode: 'manual',
      clockAt: clockBefore(first),
      openingFolder: folder.opening,
      people: true,
    });
    processes = await startBookProcesses({
      book,
      databaseUrl: appUrl,
      servers,
      data: folder.folder,
      from: first,
      ...(overlay === undefined ? {} : { overlay: overlay.folder }),
    });
    return await use({ processes, databaseUrl: appUrl });
  } finally {
    await processes?.stop();
    release();
  }
}

/** The newest rehearsals stay in the data directory to be looked at; whoever is still at work is left alone. */
export async function removeOldBooks({ adminUrl, temporalAddress }: Servers): Promise<void> {
  const stampOf = (book: string) => book.slice(-15);
  const books = readFolder(path.join(dataFolder(), 'books'))
    .filter((name) => REHEARSED.test(name))
    .sort((a, b) => (stampOf(a) < stampOf(b) ? 1 : -1));
  for (const book of books.slice(KEPT_BOOKS).filter((name) => !bookIsTaken(name))) {
    await dropBook(adminUrl, temporalAddress, book);
    rmSync(bookFolder(book), { recursive: true, force: true });
    rmSync(resultsFolder(book), { recursive: true, force: true });
  }
}
