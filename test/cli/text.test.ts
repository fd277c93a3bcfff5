/** Columns of Chinese and English text, money with separators, tables. */
import { fit, grouped, paintFor, tableLines, widthOf } from '../../cli/rehearsal/text';

test.each([
  { why: 'plain', text: 'funding', columns: 7 },
  { why: 'Chinese characters take two columns', text: '头寸', columns: 4 },
  { why: 'both, with full-width punctuation', text: '10:30 交收，余额', columns: 16 },
])('width: $why', ({ text, columns }) => expect(widthOf(text)).toBe(columns));

test.each([
  { why: 'filled up', text: '客户', columns: 6, shown: '客户  ' },
  { why: 'cut, with an ellipsis', text: 'abcdef', columns: 4, shown: 'abc…' },
  { why: 'a wide character that fits only by half goes', text: '客户客户', columns: 6, shown: '客户… ' },
])('fit: $why', ({ text, columns, shown }) => expect(fit(text, columns)).toBe(shown));

test('fit: to the right', () => expect(fit('1.00', 6, 'right')).toBe('  1.00'));

test.each([
  ['-19004649.79', '-19,004,649.79'],
  ['100.00', '100.00'],
  ['1000.00', '1,000.00'],
  ['-999.99', '-999.99'],
  ['0.00', '0.00'],
])('%s is shown as %s', (amount, shown) => expect(grouped(amount)).toBe(shown));

test('a table is as wide as it must be, figures to the right', () => {
  expect(
    tableLines(
      [
        ['日期', 'amount'],
        ['2025-06-23', '1.00'],
      ],
      [1],
    ),
  ).toEqual(['日期        amount', '2025-06-23    1.00']);
});

test('colours only on a terminal', () => {
  expect(paintFor(false)('bad', 'x')).toBe('x');
  expect(paintFor(true)('plain', 'x')).toBe('x');
});
