/** What a document is by its own bytes; names and senders may say anything. */
import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type/node';
import { decodeGbk } from '../clearing-files/gbk';

/** Bytes of the longest character: a beginning may end in the middle of one. */
const LONGEST_CHARACTER = 4;

/**
 * Media type of the bytes a document begins with: by its mark, else `application/json`, `text/plain` for text in UTF-8 or in GBK, which programs here write to this day, else
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
  const mayBeGbk = !head.some(isControl);
  for (let cut = 0; cut < LONGEST_CHARACTER; cut++) {
    const whole = head.subarray(0, head.length - cut);
    if (isUtf8(whole) || (mayBeGbk && decodeGbk(whole, 0, whole.length) !== undefined)) return true;
  }
  return false;
}

/** A sign that no text has, beside tabs and the ends of lines and pages: much that is no text passes as GBK otherwise. */
const isControl = (byte: number): boolean => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte);
