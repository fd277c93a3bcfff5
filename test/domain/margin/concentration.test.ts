import fc from 'fast-check';
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import {
  concentration,
  concentrationLimitsOn,
  type ConcentrationLimitRow,
  type MarginAccount,
  type PurchaseOrder,
} from '../../../domain/margin/concentration';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const { concentrationLimits } = readReference();
const today = d('2026-06-15');
const limits = concentrationLimitsOn(concentrationLimits, { table: 'FACTS8_C', board: 'REGISTERED' }, today);
const account: MarginAccount = {
  cashFen: 0n,
  securitiesFen: 200_000_000n,
  heldSingleFen: 0n,
  heldGroupFen: 0n,
  marginDebtFen: 100_000_000n,
  borrowedValueFen: 0n,
  interestAndFeesFen: 0n,
};
const order: PurchaseOrder = { kind: 'COLLATERAL', priceE4: 100_000n, lot: 100n };
const ask = (change: Partial<MarginAccount>, asked: Partial<PurchaseOrder> = {}, rows = limits) =>
  concentration({ ...account, ...change }, { ...order, ...asked }, rows);

it('has bands that meet, from below every ratio to above, for every board', () => {
  const nameOf = ({ table, board }: ConcentrationLimitRow) => `${table} ${board}`;
  const boards = new Set(concentrationLimits.map(nameOf));
  expect(boards.size).toBe(11);
  for (const board of boards) {
    const rows = concentrationLimits.filter((row) => nameOf(row) === board);
    expect([rows[0]?.fromPercent, rows.at(-1)?.toPercent]).toEqual([null, null]);
    rows.slice(1).forEach(({ fromPercent }, i) => expect(fromPercent).toBe(rows[i]?.toPercent));
    for (const { singlePercent, groupPercent } of rows) expect(singlePercent ?? groupPercent).not.toBeNull();
  }
});

it.each([
  ['FACTS8_C', '2022-06-30', 'NO_PARAMETER_FOR_DATE', 'the day before the first'],
  ['FACTS8_C', '2022-07-01', undefined, 'the first'],
  ['FACTS8_D', '2026-06-15', 'NO_PARAMETER_FOR_DATE', 'a table that there is not'],
])('limits of %s on %s: %s (%s)', (table, date, code, _why) => {
  const question = () => concentrationLimitsOn(concentrationLimits, { table, board: 'REGISTERED' }, d(date));
  expect(codeOf(question)).toBe(code);
});

it('compares exact rooms, not whole lots', () => {
  // 40 % of 2,000,000.00 is 800,000.00: less one fen or two it buys 79,900 shares at 10.00 in lots of 100, either way.
  expect(ask({ heldSingleFen: 1n, heldGroupFen: 2n })).toMatchObject({ maxQuantity: 79_900n, binding: 'GROUP' });
  expect(ask({ heldSingleFen: 2n, heldGroupFen: 2n })).toMatchObject({ maxQuantity: 79_900n, binding: 'SINGLE' });
});

it('takes prices of four decimals exactly', () => {
  // 800,000.00 yuan / 0.0001 yuan a share
  expect(ask({}, { priceE4: 1n, lot: 1n }).maxQuantity).toBe(8_000_000_000n);
});

it('takes no price and no lot of zero, and no ratio with two bands', () => {
  expect(() => ask({}, { priceE4: 0n })).toThrow(RangeError);
  expect(() => ask({}, { lot: 0n })).toThrow(RangeError);
  expect(() => ask({}, {}, [...limits, ...limits])).toThrow(RangeError);
  expect(() => ask({}, {}, [])).toThrow(RangeError);
});

describe('laws', () => {
  const fen = fc.bigInt({ min: 0n, max: 1_000_000_000n });
  const someAccount = fc.record({
    cashFen: fen,
    securitiesFen: fen,
    heldSingleFen: fen,
    heldGroupFen: fen,
    marginDebtFen: fen,
    borrowedValueFen: fen,
    interestAndFeesFen: fen,
  });
  const someOrder = fc.record({
    kind: fc.constantFrom('COLLATERAL' as const, 'MARGIN' as const),
    priceE4: fc.bigInt({ min: 1n, max: 10_000_000n }),
    lot: fc.constantFrom(1n, 100n, 200n),
  });

  /** Value held after the purchase over assets after it, compared with a limit: exact, all times 10,000. */
  const exceeds = (found: MarginAccount, bought: PurchaseOrder, shares: bigint, held: bigint, percent: number) => {
    const value = shares * bought.priceE4;
    const assets = (found.cashFen + found.securitiesFen) * 100n + (bought.kind === 'MARGIN' ? value : 0n);
    return (held * 100n + value) * 100n > BigInt(percent) * assets;
  };
  const anyExceeds = (row: ConcentrationLimitRow, found: MarginAccount, bought: PurchaseOrder, shares: bigint) =>
    [[row.singlePercent, found.heldSingleFen] as const, [row.groupPercent, found.heldGroupFen] as const].some(
      ([percent, held]) => percent !== null && percent < 100 && exceeds(found, bought, shares, held, percent),
    );

  it('the answer keeps every limit after the purchase, and one lot more breaks one', () => {
    fc.assert(
      fc.property(someAccount, someOrder, (found, bought) => {
        const { limits: row, maxQuantity } = concentration(found, bought, limits);
        if (row === null || maxQuantity === null) return;
        expect(maxQuantity >= 0n && maxQuantity % bought.lot === 0n).toBe(true);
        if (maxQuantity > 0n) expect(anyExceeds(row, found, bought, maxQuantity)).toBe(false);
        expect(anyExceeds(row, found, bought, maxQuantity + bought.lot)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
