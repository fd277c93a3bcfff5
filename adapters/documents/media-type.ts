/** What a document is by its own bytes; names and senders may say anything. */
import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type/node';

/** Bytes of the longest character: a beginning may end in the middle of one. */
const LONGEST_CHARACTER = 4;

/**
 * Media type of the bytes a document begins with: by its mark, else `application/json`, `text/plain` for text in UTF-8, else
 * `application/octet-stream`.
 */
export async function mediaTypeOf(head: Buffer): Promise<string> {
  const marked = await fileTypeFromBuffer(head);
  if (marked !== undefined) return marked.mime;
  if (!isText(head)) return 'application/octet-stream';
  return /^\s*[[{]/.test(head.toString('utf8', 0, 64)) ? 'application/json' : 'text/plain';
}

function isText(head: Buffer): boolean {
  if (head.includes(0)) return false;
  for (let cut = 0; cut < LONGEST_CHARACTER; cut++) if (isUtf8(head.subarray(0, head.length - cut))) return true;
  return false;
}
