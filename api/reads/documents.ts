/** A document of the store as one piece, compared with its digest while it is read. */
import type { DocumentsPort } from '../../activities/intake/connect-intake';

/** @throws BusinessError DOCUMENT_DAMAGED */
export async function bytesOfDocument(documents: DocumentsPort, sha256: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await documents.read(sha256)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
