import { busy } from '../../bench/measure/evening';
import { median } from '../../bench/measure/floor';

test.each<[readonly (readonly [number, number])[], number, string]>([
  [[], 0, 'nothing at work'],
  [[[0, 10]], 10, 'one'],
  [
    [
      [0, 10],
      [20, 25],
    ],
    15,
    'a pause between two counts for none',
  ],
  [
    [
      [0, 10],
      [5, 12],
    ],
    12,
    'what overlaps counts once',
  ],
  [
    [
      [0, 10],
      [2, 3],
    ],
    10,
    'one inside another',
  ],
  [
    [
      [20, 25],
      [0, 10],
    ],
    15,
    'in whatever order they are told',
  ],
])('%j was at work for %i (%s)', (spans, expected) => {
  expect(busy(spans.map(([startedMs, endedMs]) => ({ startedMs, endedMs })))).toBe(expected);
});

test.each([
  [[3, 1, 2], 2, 'the middle one of three'],
  [[4, 1, 2, 3], 2.5, 'the mean of the two in the middle of four'],
  [[7], 7, 'one alone'],
])('the median of %j is %d (%s)', (values, expected) => {
  expect(median(values)).toBe(expected);
});
