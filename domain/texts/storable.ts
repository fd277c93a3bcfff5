/**
 * Text as the database keeps it: whole characters, no NUL, cut where it is too long. Half a character, which hostile or broken
 * senders make, becomes the mark of one that is not known.
 */

/** @param cut what says that something was left out, within the length */
export function storable(text: string, most: number, cut = ''): string {
  const clean = wellFormed(text).replaceAll('\0', '');
  return clean.length <= most ? clean : `${wellFormed(clean.slice(0, most - cut.length))}${cut}`;
}

/** A name as one line that reads in the order in which it was written: whoever is shown it sees where it ends. */
export const oneLine = (text: string): string =>
  text.replace(/[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();

const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
