/**
 * Headers as older mail programs of the mainland write them: names, subjects and names of files as bare GBK, which no standard allows, and
 * GB 18030 under the name of the smaller sets that are part of it. Bodies stay as they came; they say their own encoding.
 */
import { isUtf8 } from 'node:buffer';

const GB18030 = new TextDecoder('gb18030');

/** Names of the sets that GB 18030 contains, where a header says how something is encoded. */
const SMALLER_SET = /(charset\s*=\s*"?|=\?)(?:gb2312|gb_2312-80|gbk|cp936|ms936)(?=["?;\s]|$)/gi;

/** The mail with its headers, those of its parts too, as they were meant. */
export function asMeant(mail: Buffer): Buffer {
  const text = mail.toString('latin1');
  const boundaries = new Set([...text.matchAll(/boundary\s*=\s*"?([^"\s;]+)/gi)].map(([, boundary = '']) => boundary));
  const lines: { readonly isHead: boolean; readonly bytes: Buffer }[] = [];
  let isHead = true;
  for (const line of text.split(/(?<=\n)/)) {
    const content = line.trimEnd();
    if (!isHead && content.startsWith('--') && boundaries.has(content.slice(2))) isHead = true;
    else if (content === '') isHead = false;
    lines.push({ isHead, bytes: Buffer.from(isHead ? line.replace(SMALLER_SET, '$1gb18030') : line, 'latin1') });
  }
  // One program wrote all of them: a single character of GBK may look like one of UTF-8.
  if (isUtf8(Buffer.concat(lines.flatMap((line) => (line.isHead ? [line.bytes] : [])))))
    return Buffer.concat(lines.map(({ bytes }) => bytes));
  return Buffer.concat(lines.map((line) => (line.isHead ? Buffer.from(GB18030.decode(line.bytes)) : line.bytes)));
}
