/** Where a page of a list ended: the key of its last row, opaque to the caller. */
import { fault, Refused } from './problems';
import { isBusinessDate } from './schemas';
import { z } from './zod';

/** Whether a part of a key is what it must be: asked before it reaches the database. */
export type KeyPart = (text: string) => boolean;
export const idKey: KeyPart = (text) => /^\d{1,18}$/.test(text);
export const dateKey: KeyPart = isBusinessDate;
export const wordKey: KeyPart = (text) => /^[\w-]{1,40}$/.test(text);

const keys = z.array(z.string()).max(4);

/**
 * The key in a cursor; nothing for the first page.
 * @throws Refused INPUT_INVALID for text that is no cursor of this list
 */
export function keyOfCursor(cursor: string | undefined, parts: readonly KeyPart[]): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const parsed = keys.safeParse(parseJson(text));
  const isOurs = Buffer.from(text, 'utf8').toString('base64url') === cursor;
  const key = isOurs && parsed.success ? parsed.data : [];
  if (key.length === parts.length && parts.every((holds, place) => holds(key[place] ?? ''))) return key;
  throw new Refused([fault('INPUT_INVALID', { field: 'cursor', reason: 'next' }, 'cursor')]);
}

/** A page of rows that were read with one row more than asked, and the cursor of the next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly string[],
  itemOf: (row: Row) => Item,
): { readonly items: Item[]; readonly next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next =
    rows.length > limit && last !== undefined
      ? Buffer.from(JSON.stringify(keyOf(last)), 'utf8').toString('base64url')
      : null;
  return { items: page.map(itemOf), next };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
