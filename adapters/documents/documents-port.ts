/** Where papers, recordings and answer sheets are kept (影像系统), by the digest of what they hold. Nothing is ever changed or taken away. */
import type { Readable } from 'node:stream';

export interface KeptDocument {
  /** SHA-256 of the bytes, hexadecimal; the only name that a document has. */
  readonly sha256: string;
  readonly byteCount: number;
  /** What the bytes are, by themselves: a sender's word is not asked. Text has no mark of its own. */
  readonly mediaType: string;
}

export interface DocumentsPort {
  /**
   * Keeps the bytes, safe on disk before it answers. The same bytes again are kept once.
   * @param most bytes that are taken
   * @throws BusinessError DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE; nothing of it is kept then
   */
  keep(bytes: AsyncIterable<Uint8Array>, most: number): Promise<KeptDocument>;
  /**
   * The bytes of a document, compared with its digest while they are read: the stream fails where they differ.
   * @throws BusinessError DOCUMENT_DAMAGED where it is not there
   */
  read(sha256: string): Promise<Readable>;
}
