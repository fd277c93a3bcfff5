/**
 * The inbox: `<root>/<business date>/<file>`, filled from outside; the folder says which day a file is for. A sender writes
 * under a name that begins with a dot (or ends in .part or .tmp) and renames when the file is whole, so what is listed here
 * is whole.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBusinessDate } from '../../domain/calendar/business-date';

export type ArrivedFile = {
  /** YYYY-MM-DD, the folder's name. */
  readonly businessDate: string;
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** ISO UTC text; the drop folder's time stamp is the time of arrival. */
  readonly modifiedAt: string;
};

/** Something that lies in the inbox and will never be received as it lies there. */
export type StrayEntry = {
  /** Below the root. */
  readonly place: string;
  readonly reason: 'not in the folder of a day' | 'not a file' | 'name not readable';
};

export type Inbox = { readonly files: readonly ArrivedFile[]; readonly strays: readonly StrayEntry[] };

/** An empty file this young is one that its sender has opened and not yet written. */
const EMPTY_FOR_MS = 10_000;

/**
 * The whole files in the inbox in the order of arrival (then by name), and what will never be received. Throws where the root
 * is not there: an empty list would be told as missing files.
 */
export async function readInbox(root: string): Promise<Inbox> {
  const entries = (await readdir(root, { withFileTypes: true })).filter(({ name }) => !isUnfinished(name));
  const days = entries.filter((entry) => entry.isDirectory() && isDate(entry.name)).map(({ name }) => name);
  const found = await Promise.all(days.map((businessDate) => arrivedIn(root, businessDate)));
  const files = found.flatMap((day) => day.files);
  const elsewhere = entries
    .filter((entry) => !entry.isDirectory() || (looksLikeDate(entry.name) && !isDate(entry.name)))
    .map(({ name }): StrayEntry => ({ place: name, reason: 'not in the folder of a day' }));
  return {
    files: files.sort((left, right) => compare(left.modifiedAt, right.modifiedAt) || compare(left.path, right.path)),
    strays: [...elsewhere, ...found.flatMap((day) => day.strays)],
  };
}

async function arrivedIn(root: string, businessDate: string): Promise<Inbox> {
  const entries = await readdir(join(root, businessDate), { withFileTypes: true });
  const finished = entries.filter(({ name }) => !isUnfinished(name));
  const strays = finished.flatMap((entry): StrayEntry[] => {
    const place = `${businessDate}/${entry.name}`;
    if (!entry.isFile()) return [{ place, reason: 'not a file' }];
    return isReadable(entry.name) ? [] : [{ place, reason: 'name not readable' }];
  });
  const listed = await Promise.all(
    finished
      .filter((entry) => entry.isFile() && isReadable(entry.name))
      .map(({ name }) => wholeFile(root, businessDate, name)),
  );
  return { files: listed.filter((file) => file !== undefined), strays };
}

async function wholeFile(root: string, businessDate: string, name: string): Promise<ArrivedFile | undefined> {
  const path = join(root, businessDate, name);
  const found = await stat(path).catch(absent);
  if (found === undefined) return undefined;
  const age = Date.now() - found.mtimeMs;
  if (found.size === 0 && age >= 0 && age < EMPTY_FOR_MS) return undefined;
  return { businessDate, name, path, bytes: found.size, modifiedAt: found.mtime.toISOString() };
}

function isUnfinished(name: string): boolean {
  return name.startsWith('.') || /\.(part|tmp)$/i.test(name);
}

/** The file system gives bytes; what is no UTF-8 in them cannot be asked for by its name. */
const isReadable = (name: string): boolean => !name.includes('\uFFFD');

const looksLikeDate = (name: string): boolean => /^\d{4}\D?\d{2}\D?\d{2}$/.test(name);

function isDate(name: string): boolean {
  try {
    parseBusinessDate(name);
    return true;
  } catch {
    return false;
  }
}

/** A file taken away between listing and looking is no longer there; any other failure is told. */
function absent(failure: NodeJS.ErrnoException): undefined {
  if (failure.code !== 'ENOENT') throw failure;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
