import fc from 'fast-check';
import { sampleSize, strataSizes } from '../../../domain/samples/draw';

const MONTHLY = { percent: '5', atLeast: 20 };

it.each<[why: string, population: number, size: number]>([
  ['none', 0, 0],
  ['fewer than the least: all of them', 19, 19],
  ['the least', 20, 20],
  ['5 % are the least', 400, 20],
  ['one more: 20.05, rounded up', 401, 21],
  ['5 %', 1_000, 50],
])('the larger of 20 and 5 %%: %s', (_why, population, size) => {
  expect(sampleSize(population, MONTHLY)).toBe(size);
});

it('takes a share that no binary fraction is', () => {
  // 0.1 % of 3,000 is 3, and not 4 for a rest of a float.
  expect(sampleSize(3_000, { percent: '0.1', atLeast: 0 })).toBe(3);
});

const sizes = (strata: Readonly<Record<string, number>>, size: number) =>
  Object.fromEntries(strataSizes(Object.entries(strata).map(([stratum, population]) => ({ stratum, population })), size));

it.each<[why: string, strata: Record<string, number>, size: number, parts: Record<string, number>]>([
  // 10 x 45/100 = 4.5, 10 x 35/100 = 3.5, 10 x 20/100 = 2: equal remainders, the larger stratum has it.
  ['equal remainders', { a: 35, b: 45, c: 20 }, 10, { a: 3, b: 5, c: 2 }],
  // 7 x 1/3 = 2.33 each: all equal, the first by name has it.
  ['all equal', { b: 10, a: 10, c: 10 }, 7, { b: 2, a: 3, c: 2 }],
  // 5 x 96/100 = 4.8, 5 x 3/100 = 0.15, 5 x 1/100 = 0.05.
  ['a small one is left out', { a: 96, b: 3, c: 1 }, 5, { a: 5, b: 0, c: 0 }],
  ['all of them', { a: 3, b: 1 }, 4, { a: 3, b: 1 }],
  ['none', { a: 3 }, 0, { a: 0 }],
])('%s', (_why, strata, size, parts) => {
  expect(sizes(strata, size)).toEqual(parts);
});

it('adds up, takes of no stratum more than it holds, and less than one away from its share', () => {
  const strata = fc.uniqueArray(
    fc.record({ stratum: fc.string({ minLength: 1, maxLength: 4 }), population: fc.integer({ min: 1, max: 10_000 }) }),
    { selector: ({ stratum }) => stratum, minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(strata, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
      const population = given.reduce((sum, one) => sum + one.population, 0);
      const size = Math.floor(population * share);
      const parts = strataSizes(given, size);
      expect([...parts.values()].reduce((sum, part) => sum + part, 0)).toBe(size);
      for (const { stratum, population: of } of given) {
        const part = parts.get(stratum) ?? -1;
        expect(part).toBeLessThanOrEqual(of);
        expect(Math.abs(part - (size * of) / population)).toBeLessThan(1);
      }
    }),
  );
  expect(() => strataSizes([{ stratum: 'a', population: 1 }], 2)).toThrow(RangeError);
});
