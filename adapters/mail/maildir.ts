/**
 * The mailbox of complaints as a maildir: the mail server writes into `tmp/` and renames into `new/`, so what lies in `new/` is whole. What
 * was taken is renamed into `cur/`, as every reader of a maildir does; nothing is ever removed.
 */
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail that nobody has taken yet. */
export interface WaitingMail {
  /** Unique name that the server gave it. */
  readonly name: string;
  readonly byteCount: number;
  /** UTC; when it was delivered. */
  readonly deliveredAt: string;
}

/** Mark of a mail that was seen, in the words of the format. */
const SEEN = ':2,S';

/** Mails in the order of their delivery. Throws where the folder is not there: an empty list would be told as no complaints. */
export async function waitingMails(folder: string): Promise<readonly WaitingMail[]> {
  const entries = await readdir(join(folder, 'new'), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  const mails = await Promise.all(names.map((name) => waiting(folder, name)));
  return mails
    .filter((mail) => mail !== undefined)
    .sort((one, other) => compare(one.deliveredAt, other.deliveredAt) || compare(one.name, other.name));
}

async function waiting(folder: string, name: string): Promise<WaitingMail | undefined> {
  const found = await stat(join(folder, 'new', name)).catch(absent);
  return found && { name, byteCount: found.size, deliveredAt: found.mtime.toISOString() };
}

/** The bytes; undefined where another worker has taken it meanwhile. */
export const bytesOfMail = (folder: string, { name }: WaitingMail): Promise<Buffer | undefined> =>
  readFile(join(folder, 'new', name)).catch(absent);

/** Puts a mail among those that were seen. One that another worker put there already stays there. */
export async function markSeen(folder: string, { name }: WaitingMail): Promise<void> {
  await mkdir(join(folder, 'cur'), { recursive: true });
  await rename(join(folder, 'new', name), join(folder, 'cur', `${name.split(':')[0] ?? name}${SEEN}`)).catch(absent);
}

/** What was taken away between listing and looking is no longer there; any other failure is told. */
function absent(failure: NodeJS.ErrnoException): undefined {
  if (failure.code !== 'ENOENT') throw failure;
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
