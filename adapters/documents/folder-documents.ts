/**
 * Documents in a folder, addressed by content: `ab/cd/<sha256>`. Written beside, made durable, renamed: a document is there
 * whole or not at all, whatever is killed when. A file that stands is never written again.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, link, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { BusinessError } from '../../domain/errors';
import type { DocumentsPort, KeptDocument } from './documents-port';
import { mediaTypeOf } from './media-type';

/** What is needed of the beginning to tell a kind of file. */
const HEAD_BYTES = 4_100;
const READ_ONLY = 0o444;

export function folderDocuments(root: string): DocumentsPort {
  const placeOf = (sha256: string) => join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  return {
    keep: async (bytes, most) => {
      const beside = join(root, 'arriving', randomUUID());
      await mkdir(dirname(beside), { recursive: true });
      try {
        const kept = await writeWhole(beside, bytes, most);
        await putInPlace(beside, placeOf(kept.sha256));
        return kept;
      } finally {
        await rm(beside, { force: true });
      }
    },
    read: async (sha256) => {
      const place = placeOf(sha256);
      const isThere = await stat(place).then(
        (found) => found.isFile(),
        () => false,
      );
      if (!isThere) throw new BusinessError('DOCUMENT_DAMAGED', { document: sha256 });
      return compared(createReadStream(place), sha256);
    },
  };
}

async function writeWhole(path: string, bytes: AsyncIterable<Uint8Array>, most: number): Promise<KeptDocument> {
  const file = await open(path, 'wx');
  try {
    const digest = createHash('sha256');
    const head: Uint8Array[] = [];
    let [byteCount, headBytes] = [0, 0];
    for await (const chunk of bytes) {
      byteCount += chunk.length;
      if (byteCount > most) throw new BusinessError('DOCUMENT_TOO_LARGE', { most });
      if (headBytes < HEAD_BYTES) {
        head.push(chunk);
        headBytes += chunk.length;
      }
      digest.update(chunk);
      await file.writeFile(chunk);
    }
    if (byteCount === 0) throw new BusinessError('DOCUMENT_EMPTY');
    await file.sync();
    return { sha256: digest.digest('hex'), byteCount, mediaType: await mediaTypeOf(Buffer.concat(head)) };
  } finally {
    await file.close();
  }
}

/** A link instead of a renaming: what stands there is never replaced, not even by the same bytes. */
async function putInPlace(beside: string, place: string): Promise<void> {
  await chmod(beside, READ_ONLY);
  await mkdir(dirname(place), { recursive: true });
  await link(beside, place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const folder = await open(dirname(place), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The same bytes, failing at the end where they are not those of the digest. */
function compared(bytes: Readable, sha256: string): Readable {
  const digest = createHash('sha256');
  const checked = new Transform({
    transform: (chunk: Buffer, _, done) => {
      digest.update(chunk);
      done(null, chunk);
    },
    flush: (done) => {
      done(digest.digest('hex') === sha256 ? null : new BusinessError('DOCUMENT_DAMAGED', { document: sha256 }));
    },
  });
  bytes.on('error', (error) => checked.destroy(error));
  return bytes.pipe(checked);
}
