/**
 * Headers as older mail programs of the mainland write them: names, subjects and names of files as bare GBK, which no standard allows, and
 * GB 18030 under the name of the smaller sets that are part of it. Bodies stay as they came; they say their own encoding.
 */
import { isUtf8 } from 'node:buffer';
import type { Stretch } from './stretches';

const GB18030 = new TextDecoder('gb18030');

/** Names of the sets that GB 18030 contains, where a header says how something is encoded. */
const SMALLER_SET = /(charset\s*=\s*"?|=\?)(?:gb2312|gb_2312-80|gbk|cp936|ms936)(?=["?;\s]|$)/gi;

/** The mail with its headers, those of its parts too, as they were meant. */
export function asMeant(mail: readonly Stretch[]): Buffer {
  const stretches = mail.map(({ isHead, bytes }) => ({
    isHead,
    bytes: isHead ? Buffer.from(bytes.toString('latin1').replace(SMALLER_SET, '$1gb18030'), 'latin1') : bytes,
  }));
  // One program wrote all of them: a single character of GBK may look like one of UTF-8.
  if (isUtf8(Buffer.concat(stretches.flatMap(({ isHead, bytes }) => (isHead ? [bytes] : [])))))
    return Buffer.concat(stretches.map(({ bytes }) => bytes));
  return Buffer.concat(stretches.map(({ isHead, bytes }) => (isHead ? Buffer.from(GB18030.decode(bytes)) : bytes)));
}
