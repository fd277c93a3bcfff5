/** What a field should have been is said in words, or with a value that has the shape. */
import { expectedShape, expectedType } from '../../../domain/texts/expected';

test.each([
  ['a date, as forms name it', { format: 'date' }, 'a date YYYY-MM-DD, such as 2025-06-23'],
  [
    'an instant, not its pattern of three hundred characters',
    { format: 'datetime', pattern: '/^\\d{4}-.*$/' },
    'an instant with its time zone, such as 2025-06-23T09:30:00+08:00',
  ],
  [
    'an instant, as forms name it',
    { format: 'date-time' },
    'an instant with its time zone, such as 2025-06-23T09:30:00+08:00',
  ],
  ['bytes in text', { format: 'base64' }, 'Base64 text'],
  ['a number of a complaint', { pattern: '^T\\d{8}-\\d{6}$' }, 'text such as T20250623-000001, like ^T\\d{8}-\\d{6}$'],
  ['an amount', { pattern: '^\\d{1,10}\\.\\d{2}$' }, 'text such as 1234.56, like ^\\d{1,10}\\.\\d{2}$'],
  [
    'a pattern that shows itself as an expression',
    { format: 'regex', pattern: String(/^C\d{8}$/) },
    'text such as C00000001, like /^C\\d{8}$/',
  ],
  [
    'a pattern that nearly everything has: no value would say it',
    { pattern: '^[\\w-]{1,40}$' },
    'text like ^[\\w-]{1,40}$',
  ],
  ['a pattern that is none', { pattern: '(' }, 'text like ('],
  ['a format without words', { format: 'uuid' }, 'text like uuid'],
])('%s', (_, asked, en) => {
  expect(expectedShape(asked).en).toBe(en);
});

test('types are told in both languages', () => {
  expect(expectedType('integer', 'null')).toEqual({ zh: '整数或null', en: 'integer or null' });
});
