/** Which texts of a form are typed freely, and what is a reference to one. */
import { referredText, typedTextReference, withTexts, withTypedTexts } from '../../../domain/texts/typed-text';

const schema = {
  type: 'object',
  properties: {
    decision: { enum: ['approve', 'refuse'] },
    amount: { type: 'string', pattern: '^\\d+\\.\\d{2}$' },
    day: { type: 'string', format: 'date' },
    agreed: { const: 'yes' },
    reason: { type: 'string', maxLength: 500 },
    lines: {
      type: 'array',
      items: { type: 'object', properties: { code: { enum: ['A', 'B'] }, note: { type: 'string' } } },
    },
    count: { type: 'integer' },
  },
};

const typedIn = (form: unknown, of: unknown = schema): readonly string[] => {
  const fields: string[] = [];
  withTypedTexts(of, form, (text, field) => {
    fields.push(field);
    return text;
  });
  return fields;
};

test.each<[unknown, readonly string[], string]>([
  [{ decision: 'approve' }, [], 'one of a list'],
  [{ amount: '1.00' }, [], 'of a pattern'],
  [{ day: '2025-06-23' }, [], 'of a format'],
  [{ agreed: 'yes' }, [], 'the only one there is'],
  [{ count: 3 }, [], 'no text'],
  [{ reason: 'prose' }, ['reason'], 'bounded in its length only'],
  [{ reason: '' }, [], 'nothing was typed'],
  [{ reason: null }, [], 'nothing at all'],
  [{ lines: [{ code: 'A', note: 'x' }, { note: 'y' }] }, ['lines.0.note', 'lines.1.note'], 'within a list'],
  [{ other: 'z' }, ['other'], 'what the schema does not know may be anything'],
  [{ other: { deep: ['z'] } }, ['other.deep.0'], 'and so may what is within it'],
])('of %j: %j (%s)', (form, expected) => {
  expect(typedIn(form)).toEqual(expected);
});

test('a form without a schema is typed freely', () => {
  expect(typedIn({ decision: 'approve' }, null)).toEqual(['decision']);
});

test('the rest of a form stays as it was', () => {
  const form = { decision: 'approve', reason: 'prose', lines: [{ code: 'A', note: 'x' }], count: 3 };
  expect(withTypedTexts(schema, form, () => '*')).toEqual({ ...form, reason: '*', lines: [{ code: 'A', note: '*' }] });
});

test.each<[unknown, string | undefined, string]>([
  [typedTextReference('42'), '42', 'a reference'],
  ['typed-text:', undefined, 'without a number'],
  ['typed-text:42 ', undefined, 'more than a reference'],
  ['see typed-text:42', undefined, 'a text that speaks of one'],
  [42, undefined, 'no text'],
])('%j refers to %s (%s)', (value, expected) => {
  expect(referredText(value)).toBe(expected);
});

test('texts anywhere are replaced, and nothing else', () => {
  const given = [{ a: 'x', b: [1, 'x', null] }, 'x', new Uint8Array([1])];
  expect(withTexts(given, () => '*')).toEqual([{ a: '*', b: [1, '*', null] }, '*', new Uint8Array([1])]);
});
