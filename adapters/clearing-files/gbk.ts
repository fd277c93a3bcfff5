/**
 * GBK, strictly: what is not a known character is not text.
 *
 * Ready-made decoders are too kind for this: they put a replacement sign, take 0x80 or 0xFF as one-byte characters, or fill
 * the user-defined areas with private characters that nobody can read. Here a byte is either ASCII, or the first of
 * two bytes that stand for a character of GBK (with the few that GB18030 named later, which occur in names).
 */
import iconv from 'iconv-lite';

const FIRST_LEAD = 0x81;
const LAST_LEAD = 0xfe;
const FIRST_TRAIL = 0x40;
const TRAILS = 0x100 - FIRST_TRAIL;

/** UTF-16 code unit of each two-byte sequence, 0 where there is no character. */
const characters = twoByteCharacters();

function twoByteCharacters(): Uint16Array {
  const table = new Uint16Array((LAST_LEAD - FIRST_LEAD + 1) * TRAILS);
  for (let lead = FIRST_LEAD; lead <= LAST_LEAD; lead++) {
    for (let trail = FIRST_TRAIL; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      const character = iconv.decode(Buffer.from([lead, trail]), 'gbk');
      const unit = character.length === 1 ? character.charCodeAt(0) : 0;
      const isPrivate = unit >= 0xe000 && unit <= 0xf8ff;
      if (unit !== 0xfffd && !isPrivate) table[(lead - FIRST_LEAD) * TRAILS + trail - FIRST_TRAIL] = unit;
    }
  }
  return table;
}

/** The character of a two-byte sequence as UTF-16 code unit, 0 where there is none. */
function characterOf(lead: number, trail: number): number {
  if (lead < FIRST_LEAD || lead > LAST_LEAD || trail < FIRST_TRAIL) return 0;
  return characters[(lead - FIRST_LEAD) * TRAILS + trail - FIRST_TRAIL] ?? 0;
}

/** The text of bytes[start, end), or undefined where they are not valid GBK. A character never crosses `end`. */
export function decodeGbk(bytes: Buffer, start: number, end: number): string | undefined {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      continue;
    }
    const unit = at + 1 < end ? characterOf(byte, bytes[at + 1]!) : 0;
    if (unit === 0) return undefined;
    text += String.fromCharCode(unit);
    at++;
  }
  return text;
}

/** The marks that `markedGbk` leaves in place of bytes that are no text: U+E080 for 0x80 ... No GBK text has them. */
const MARK = 0xe000;
const markPattern = /[\uE080-\uE0FF]/;
const everyMark = /[\u0000-\u001F\u007F\uE080-\uE0FF]/g;

/**
 * The text of bytes[start, end) with each byte that is no text as a mark.
 * @param isLast false where more bytes follow: a lead byte at the end is then left for the next piece
 * @returns the text, and how many bytes at the end were left
 */
export function markedGbk(bytes: Buffer, start: number, end: number, isLast = true): { text: string; left: number } {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
    } else if (at + 1 === end && !isLast && byte >= FIRST_LEAD && byte <= LAST_LEAD) {
      return { text, left: 1 };
    } else {
      const unit = at + 1 < end ? characterOf(byte, bytes[at + 1]!) : 0;
      text += String.fromCharCode(unit === 0 ? MARK + byte : unit);
      if (unit !== 0) at++;
    }
  }
  return { text, left: 0 };
}

/** Whether a text of `markedGbk` has bytes that are no text. */
export const hasMarks = (text: string): boolean => markPattern.test(text);

/** A text of `markedGbk` for people and databases: `\xFF` for each byte that is no text, `\x00` for control characters. */
export const shownMarks = (text: string): string =>
  text.replace(everyMark, (mark) => {
    const unit = mark.charCodeAt(0);
    const byte = unit >= MARK ? unit - MARK : unit;
    return `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  });

/**
 * Text as GBK bytes.
 * @throws RangeError for a character that GBK does not have: nothing is ever written as a question mark.
 */
export function encodeGbk(text: string): Buffer {
  const bytes = iconv.encode(text, 'gbk');
  if (decodeGbk(bytes, 0, bytes.length) !== text) throw new RangeError('a text has a character that GBK does not have');
  return bytes;
}
