import fc from 'fast-check';
import { allocateGross, allocateProRata } from '../../../domain/settlement/allocation';
import { codeOf } from '../refusals';

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 40 });
const accountOf = (index: number) => `A${index.toString().padStart(9, '0')}`;

describe('pro rata', () => {
  it('gives out the receipt to the cent, each holder within a cent of the exact share', () => {
    fc.assert(
      fc.property(weights, fc.bigInt({ min: 0n, max: 10n ** 14n }), (given, receiptFen) => {
        const total = sum(given);
        fc.pre(total > 0n);
        const shares = allocateProRata(
          receiptFen,
          given.map((weight, i) => ({ account: accountOf(i), weight })),
        );
        expect(sum(shares.map(({ shareFen }) => shareFen))).toBe(receiptFen);
        shares.forEach(({ shareFen }, i) => {
          const off = shareFen * total - receiptFen * (given[i] ?? 0n);
          expect(off < total && off > -total).toBe(true);
          if (given[i] === 0n) expect(shareFen).toBe(0n);
        });
      }),
    );
  });

  it('does not depend on the order of the holders', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          [1n, 1n, 2n, 3n, 5n, 8n].map((weight, i) => ({ account: accountOf(i), weight })),
          { minLength: 2 },
        ),
        (holders) => {
          const byAccount = (a: { account: string }, b: { account: string }) => (a.account < b.account ? -1 : 1);
          expect([...allocateProRata(10_007n, holders)].sort(byAccount)).toEqual(
            allocateProRata(10_007n, [...holders].sort(byAccount)),
          );
        },
      ),
    );
  });

  it.each([
    [[{ account: 'A1', weight: 0n }], 'holders without weight'],
    [[], 'nobody at all'],
  ])('refuses money that no holder can be given: %#', (holders) => {
    expect(codeOf(() => allocateProRata(1n, holders))).toBe('ALLOCATION_WITHOUT_HOLDER');
  });

  it('refuses weights and receipts below zero, and an account twice', () => {
    const holder = { account: 'A1', weight: 1n };
    expect(() => allocateProRata(1n, [{ ...holder, weight: -1n }])).toThrow(RangeError);
    expect(() => allocateProRata(-1n, [holder])).toThrow(RangeError);
    expect(() => allocateProRata(1n, [holder, holder])).toThrow(RangeError);
  });

  it('gives nothing of nothing', () => {
    expect(allocateProRata(0n, [{ account: 'A1', weight: 0n }])).toEqual([{ account: 'A1', shareFen: 0n }]);
  });
});

describe('gross', () => {
  it('sums to the rounded receipt, each holder within a cent of gross x ratio', () => {
    fc.assert(
      fc.property(weights, fc.bigInt({ min: 1n, max: 200_000n }), (given, ratioE5) => {
        const holders = given.map((grossCents, i) => ({ account: accountOf(i), grossCents }));
        const { receiptFen, shares } = allocateGross(holders, ratioE5);
        expect(sum(shares.map(({ shareFen }) => shareFen))).toBe(receiptFen);
        expect((sum(given) * ratioE5 * 2n + 100_000n) / 200_000n).toBe(receiptFen);
        shares.forEach(({ shareFen }, i) => {
          const off = shareFen * 100_000n - (given[i] ?? 0n) * ratioE5;
          expect(off < 100_000n && off > -100_000n).toBe(true);
        });
      }),
    );
  });
});
