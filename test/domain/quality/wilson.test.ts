import { ratioE4, wilson } from '../../../domain/quality/wilson';

// Bounds by the formula with z = 1.959963984540054, z² = 3.841458820694124; the first three are the worked examples of textbooks.
it.each<[why: string, satisfied: number, answers: number, told: readonly [string, string, string]]>([
  ['none of ten: (0 + 1.9207 - 1.9207)/13.8415 and 3.8415/13.8415', 0, 10, ['0.0000', '0.0000', '0.2775']],
  ['none of 26, whose halves differ in the last digit: 3.8415/29.8415', 0, 26, ['0.0000', '0.0000', '0.1287']],
  ['all of ten', 10, 10, ['1.0000', '0.7225', '1.0000']],
  ['half of ten', 5, 10, ['0.5000', '0.2366', '0.7634']],
  ['81 of 263', 81, 263, ['0.3080', '0.2553', '0.3662']],
  // The rate that the source reports of mobile openings, had 10,000 answered.
  ['9,982 of 10,000', 9_982, 10_000, ['0.9982', '0.9972', '0.9989']],
])('%s', (_why, satisfied, answers, [rate, from, to]) => {
  expect(wilson(satisfied, answers)).toEqual({ rate, from, to });
});

it('is none where nobody answered, and no count beyond the answers', () => {
  expect(wilson(0, 0)).toBeNull();
  expect(() => wilson(2, 1)).toThrow(RangeError);
});

it.each([
  [1, 3, 3_333],
  [2, 3, 6_667],
  [1, 20_000, 1],
  [0, 5, 0],
])('%i of %i in ten thousandths', (numerator, denominator, ratio) => {
  expect(ratioE4(numerator, denominator)).toBe(ratio);
  expect(ratioE4(numerator, 0)).toBeNull();
});
