/**
 * What a person types freely may name clients. It stands in the database alone; through processes, whose histories anybody who watches
 * over them reads, goes a reference to it. Which members of a form are typed freely its JSON Schema says.
 */

const REFERENCE = /^typed-text:(\d{1,18})$/;

export const typedTextReference = (textId: string): string => `typed-text:${textId}`;

/** Number of the text that is referred to; undefined where the value is no reference. */
export const referredText = (value: unknown): string | undefined =>
  typeof value === 'string' ? REFERENCE.exec(value)?.[1] : undefined;

type Schema = Readonly<Record<string, unknown>>;

/** Members that bound a text: what fits in one of them is no prose. */
const BOUNDS = ['enum', 'const', 'pattern', 'format'];

/** A form with every text that its schema does not bound replaced. `field` is its path: `reason`, `lines.0.note`. */
export function withTypedTexts(
  schema: unknown,
  value: unknown,
  replace: (text: string, field: string) => string,
  field = '',
): unknown {
  const at = (name: string | number) => (field === '' ? String(name) : `${field}.${name}`);
  const of = isObject(schema) ? schema : {};
  if (typeof value === 'string') {
    return value === '' || BOUNDS.some((bound) => of[bound] !== undefined) ? value : replace(value, field);
  }
  if (Array.isArray(value)) {
    return value.map((item, place) => withTypedTexts(of['items'], item, replace, at(place)));
  }
  if (!isObject(value)) return value;
  const properties = isObject(of['properties']) ? of['properties'] : {};
  const members = Object.entries(value).map(([name, member]) => [
    name,
    withTypedTexts(properties[name], member, replace, at(name)),
  ]);
  return Object.fromEntries(members);
}

/** Paths of the texts of a form that were typed freely and stand in it themselves instead of a reference. */
export function typedFields(schema: unknown, form: unknown): readonly string[] {
  const fields: string[] = [];
  withTypedTexts(schema, form, (text, field) => {
    if (referredText(text) === undefined) fields.push(field);
    return text;
  });
  return fields;
}

/** Every text anywhere in a value, replaced. */
export function withTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTexts(member, replace)]));
}

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) === Object.prototype;
