import { parseAmount } from '../../../domain/money';
import {
  bonusShares,
  convertedShares,
  dividendPerShareE8,
  grossCents,
  offeredShares,
  parsePerShare,
} from '../../../domain/settlement/entitlement';

it.each([
  [24_000n, 1n, 10n, 2_400n, 'even'],
  [24_009n, 1n, 10n, 2_400n, 'nine shares give nothing'],
  [24_010n, 1n, 10n, 2_401n, 'ten give one'],
  [9n, 1n, 10n, 0n, 'too few'],
  [0n, 1n, 10n, 0n, 'none held'],
  [7n, 3n, 2n, 10n, 'three for two: 10.5'],
])('%s shares, %s for %s, give %s: %s', (quantity, received, held, expected) => {
  expect(bonusShares(quantity, { received, held })).toBe(expected);
});

it.each([
  [5_500n, '0.35000', 1_925n, 'even'],
  [5_501n, '0.35000', 1_925n, '1,925.35 down'],
  [3n, '0.33333', 0n, '0.99999 down'],
  [3n, '1.5', 4n, 'three for two: 4.5'],
  [0n, '1.5', 0n, 'nothing was taken up'],
])('for %s shares taken up at %s a share %s are given: %s', (takenUp, perShare, expected) => {
  expect(offeredShares(takenUp, parsePerShare(perShare))).toBe(expected);
});

it.each([
  [300n, 2n, 1n, 600n, 0n, 'split one into two'],
  [-300n, 2n, 1n, -600n, 0n, 'unsettled sales keep their sign'],
  [1_005n, 1n, 10n, 100n, 5n, 'consolidation leaves five tenths'],
  [1_010n, 1n, 10n, 101n, 0n, 'consolidation without a fraction'],
])('%s shares at %s / %s are %s and a fraction of %s: %s', (quantity, newShares, oldShares, shares, fraction) => {
  expect(convertedShares(quantity, { newShares, oldShares })).toEqual({
    shares,
    fractionNumerator: fraction,
    fractionDenominator: oldShares,
  });
});

it('refuses ratios that are not positive', () => {
  expect(() => bonusShares(1n, { received: 1n, held: 0n })).toThrow(RangeError);
  expect(() => bonusShares(-1n, { received: 1n, held: 1n })).toThrow(RangeError);
  expect(() => offeredShares(1n, 0n)).toThrow(RangeError);
  expect(() => convertedShares(1n, { newShares: 0n, oldShares: 1n })).toThrow(RangeError);
});

describe('cash', () => {
  const amounts = { beforeTaxE8: parsePerShare('0.5000'), afterTaxE8: parsePerShare('0.4000') };

  it('gives natural persons the amount after tax, institutions the one before', () => {
    expect(dividendPerShareE8('N', amounts)).toBe(amounts.afterTaxE8);
    expect(dividendPerShareE8('I', amounts)).toBe(amounts.beforeTaxE8);
  });

  it.each([
    [4_900n, '0.4000', '1960.00', 'a holder of the sample days'],
    [1n, '0.0050', '0.01', 'a tie'],
    [1n, '0.0049', '0.00', 'below it'],
    [3n, '0.12345678', '0.37', 'eight decimals: 0.37037034'],
    [5_500n, '5.8500', '32175.00', 'takeover money'],
  ])('%s x %s is %s: %s', (quantity, perShare, expected) => {
    expect(grossCents(quantity, parsePerShare(perShare))).toBe(parseAmount(expected));
  });
});
