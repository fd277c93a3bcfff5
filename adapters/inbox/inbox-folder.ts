/**
 * The inbox: `<root>/<business date>/<file>`, filled from outside. A sender writes under a name that begins with a dot
 * (or ends in .part or .tmp) and renames when the file is whole, so what is listed here is whole.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export type ArrivedFile = {
  /** YYYY-MM-DD, the folder's name. */
  readonly businessDate: string;
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** ISO UTC text; the drop folder's time stamp is the time of arrival. */
  readonly modifiedAt: string;
};

/**
 * The whole files in the inbox in the order of arrival (then by name). Throws where the root is not there: an empty
 * list would be told as missing files.
 */
export async function listArrived(root: string): Promise<readonly ArrivedFile[]> {
  const folders = (await readdir(root, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && /^\d{4}-\d{2}-\d{2}$/.test(entry.name))
    .map((entry) => entry.name);
  const files = (await Promise.all(folders.map((businessDate) => arrivedIn(root, businessDate)))).flat();
  return files.sort((left, right) => compare(left.modifiedAt, right.modifiedAt) || compare(left.path, right.path));
}

async function arrivedIn(root: string, businessDate: string): Promise<readonly ArrivedFile[]> {
  const entries = await readdir(join(root, businessDate), { withFileTypes: true });
  const whole = entries.filter((entry) => entry.isFile() && !isUnfinished(entry.name));
  const listed = await Promise.all(
    whole.map(async ({ name }): Promise<ArrivedFile | undefined> => {
      const path = join(root, businessDate, name);
      const found = await stat(path).catch(absent);
      if (found === undefined) return undefined;
      return { businessDate, name, path, bytes: found.size, modifiedAt: found.mtime.toISOString() };
    }),
  );
  return listed.filter((file) => file !== undefined);
}

function isUnfinished(name: string): boolean {
  return name.startsWith('.') || /\.(part|tmp)$/i.test(name);
}

/** A file taken away between listing and looking is no longer there; any other failure is told. */
function absent(failure: NodeJS.ErrnoException): undefined {
  if (failure.code !== 'ENOENT') throw failure;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
