import { codeValidUntil, lockedUntil, type CodeTerms } from '../../../domain/permissions/one-time-code';

const terms: CodeTerms = { wrongCodes: 5, lockMinutes: 30, validMinutes: 5 };
const wrong = (count: number, from = 0) =>
  Array.from({ length: count }, (_, nth) => `2025-06-23T02:${String(from + nth).padStart(2, '0')}:00.000Z`);

test.each<[why: string, wrongAt: string[], until: string | undefined]>([
  ['no wrong code', [], undefined],
  ['four wrong ones', wrong(4), undefined],
  ['the fifth locks for thirty minutes from itself', wrong(5), '2025-06-23T02:34:00.000Z'],
  ['whatever the order they are read in', [...wrong(5)].reverse(), '2025-06-23T02:34:00.000Z'],
  ['tried again after the lock, once', [...wrong(5), '2025-06-23T02:40:00.000Z'], '2025-06-23T02:34:00.000Z'],
  ['and five times', [...wrong(5), ...wrong(5, 40)], '2025-06-23T03:14:00.000Z'],
])('%s', (_why, wrongAt, until) => {
  expect(lockedUntil(wrongAt, terms)).toBe(until);
});

test('a code is taken for five minutes', () => {
  expect(codeValidUntil('2025-06-23T02:00:00.000Z', terms)).toBe('2025-06-23T02:05:00.000Z');
});
