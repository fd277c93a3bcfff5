/** Texts that people typed, kept once each for what they are about; processes get references, verbs the texts. */
import { createHash } from 'node:crypto';
import { referredText, typedTextReference, withTexts, withTypedTexts } from '../../domain/texts/typed-text';
import type { Sql } from '../people/standing';

/** What the texts of a task are kept by. */
export const aboutTask = (taskId: string | bigint): string => `task:${taskId}`;

/** Refers to a text. The same text about the same thing has the same reference. An empty one needs none. */
export async function byReference(sql: Sql, about: string, field: string, text: string): Promise<string> {
  if (text === '') return text;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const known = await sql.query<{ text_id: string }>(
    'select text_id::text from typed_texts where about = $1 and field = $2 and sha256 = $3',
    [about, field, sha256],
  );
  const inserted =
    known.rows[0] ??
    (
      await sql.query<{ text_id: string }>(
        `insert into typed_texts (about, field, sha256, text) values ($1, $2, $3, $4)
         on conflict (about, field, sha256) do nothing returning text_id::text`,
        [about, field, sha256, text],
      )
    ).rows[0];
  // Of two at once the second finds what the first wrote.
  return inserted === undefined ? byReference(sql, about, field, text) : typedTextReference(inserted.text_id);
}

/** A filled form whose free texts are references; the rest is as it was filled in. */
export async function formByReference<Form extends Readonly<Record<string, unknown>>>(
  sql: Sql,
  about: string,
  schema: unknown,
  form: Form,
): Promise<Form> {
  const texts = new Map<string, string>();
  withTypedTexts(schema, form, (text, field) => {
    texts.set(field, text);
    return text;
  });
  const references = new Map<string, string>();
  for (const [field, text] of texts) references.set(field, await byReference(sql, about, field, text));
  return withTypedTexts(schema, form, (text, field) => references.get(field) ?? text) as Form;
}

/** What a verb is given, with the texts in place of references to them. */
export async function withTextsGiven<Given>(sql: Sql, given: Given): Promise<Given> {
  const ids = new Set<string>();
  withTexts(given, (text) => {
    const id = referredText(text);
    if (id !== undefined) ids.add(id);
    return text;
  });
  if (ids.size === 0) return given;
  const { rows } = await sql.query<{ text_id: string; text: string }>(
    'select text_id::text, text from typed_texts where text_id = any ($1)',
    [[...ids]],
  );
  const texts = new Map(rows.map(({ text_id: id, text }) => [id, text]));
  // A reference to nothing was made up by whoever sent it, and stays the text that it is.
  return withTexts(given, (text) => texts.get(referredText(text) ?? '') ?? text) as Given;
}
