/** Checks a package of a client's file by the digests it carries. Needs the package and nothing else: no server, no database. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { openPromise } from 'yauzl';

export interface PackageFault {
  readonly what: 'changed' | 'missing' | 'added' | 'unreadable';
  /** Path inside the package, or of the package itself. */
  readonly path: string;
}

const SUMS = 'SHA256SUMS';

/**
 * All faults: files that differ from their digest, are missing or were added, and a package that differs from the digest beside it
 * (`FILE.sha256`), where there is one. None: the package is as it was written.
 */
export async function faultsOfPackage(
  path: string,
): Promise<{ readonly files: number; readonly faults: readonly PackageFault[] }> {
  const faults: PackageFault[] = [];
  const told = await readFile(`${path}.sha256`, 'utf8').catch(() => undefined);
  if (told !== undefined && told.slice(0, 64) !== (await digestOf(createReadStream(path)))) {
    faults.push({ what: 'changed', path });
  }
  const inside = await digestsInside(path).catch(() => undefined);
  if (inside === undefined) return { files: 0, faults: [...faults, { what: 'unreadable', path }] };
  const { digests, sums } = inside;
  if (sums === undefined) return { files: digests.size, faults: [...faults, { what: 'missing', path: SUMS }] };
  const expected = new Map(
    sums.split('\n').flatMap((line) => (line === '' ? [] : [[line.slice(66), line.slice(0, 64)]])),
  );
  for (const [file, sha256] of expected) {
    const found = digests.get(file);
    if (found !== sha256) faults.push({ what: found === undefined ? 'missing' : 'changed', path: file });
  }
  for (const file of digests.keys()) if (!expected.has(file)) faults.push({ what: 'added', path: file });
  return { files: digests.size, faults };
}

async function digestsInside(path: string) {
  const zip = await openPromise(path);
  const digests = new Map<string, string>();
  let sums: string | undefined;
  try {
    for await (const entry of zip.eachEntry()) {
      const stream = await zip.openReadStreamPromise(entry);
      if (entry.fileName === SUMS) sums = await textOf(stream);
      // What cannot be unpacked any more is told as changed, and the others are looked at all the same.
      else digests.set(entry.fileName, await digestOf(stream).catch(() => 'unreadable'));
    }
  } finally {
    zip.close();
  }
  return { digests, sums };
}

async function digestOf(bytes: Readable): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of bytes) digest.update(chunk as Buffer);
  return digest.digest('hex');
}

async function textOf(bytes: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
