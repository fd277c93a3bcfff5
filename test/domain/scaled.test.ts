import fc from 'fast-check';
import { amountText, fenOf, moneyText, parseAmount, parseWrittenAmount, yuan } from '../../domain/money';
import { dividedRounded, dividedUp, parseScaled, scaledText } from '../../domain/scaled';
import { codeOf } from './refusals';

describe('dividedRounded: half away from zero, once', () => {
  it.each([
    [14n, 10n, 1n, 'just below the half'],
    [15n, 10n, 2n, 'the half goes up'],
    [-15n, 10n, -2n, 'and away from zero below zero'],
    [-14n, 10n, -1n, 'just above minus the half'],
    [1n, 3n, 0n, 'an odd denominator has no exact half: 0.33'],
    [2n, 3n, 1n, '0.67'],
    [0n, 7n, 0n, 'zero'],
    [69549276408077624n * 69169715n, 10n ** 8n, 48107036276029529n, 'exact where a double or 20 digits are not'],
  ])('%s / %s is %s: %s', (numerator, denominator, expected) => {
    expect(dividedRounded(numerator, denominator)).toBe(expected);
  });

  it('is symmetric around zero and never further than half a unit away', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 20n }), (numerator, denominator) => {
        const rounded = dividedRounded(numerator, denominator);
        expect(dividedRounded(-numerator, denominator)).toBe(-rounded);
        const twiceOff = 2n * (rounded * denominator - numerator);
        expect(twiceOff <= denominator && twiceOff >= -denominator).toBe(true);
      }),
    );
  });

  it('refuses a denominator that is not above zero', () => {
    expect(() => dividedRounded(1n, 0n)).toThrow(RangeError);
    expect(() => dividedRounded(1n, -1n)).toThrow(RangeError);
  });
});

describe('dividedUp', () => {
  it.each([
    [100n, 100n, 1n, 'an exact whole stays'],
    [101n, 100n, 2n, 'one unit above goes up'],
    [0n, 100n, 0n, 'zero stays'],
    [1n, 100n, 1n, 'the smallest goes up'],
  ])('%s / %s is %s: %s', (numerator, denominator, expected) => {
    expect(dividedUp(numerator, denominator)).toBe(expected);
  });

  it('refuses amounts below zero and denominators not above it', () => {
    expect(() => dividedUp(-1n, 100n)).toThrow(RangeError);
    expect(() => dividedUp(1n, 0n)).toThrow(RangeError);
  });
});

describe('decimal text', () => {
  it.each([
    ['0.96168', 5, 96168n],
    ['12', 2, 1200n],
    ['-0.01', 2, -1n],
    ['-0.00', 2, 0n],
    ['0.00350000', 12, 3500000000n],
    ['7', 0, 7n],
  ])('%s with %s decimals is %s', (text, decimals, expected) => {
    expect(parseScaled(text, decimals)).toBe(expected);
  });

  it.each(['', ' 1', '1 ', '+1', '1e3', '1.', '.5', '01', '--1', '1,000', '0x10', '1.001', 'NaN', '１'])(
    'refuses "%s" with two decimals',
    (text) => {
      expect(codeOf(() => parseScaled(text, 2))).toBe('INPUT_INVALID');
    },
  );

  it('comes back as it went', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 20 }), (value, decimals) => {
        expect(parseScaled(scaledText(value, decimals), decimals)).toBe(value);
      }),
    );
  });

  it.each([
    [5n, 2, '0.05'],
    [-5n, 2, '-0.05'],
    [0n, 2, '0.00'],
    [1900464979n, 2, '19004649.79'],
    [-7n, 0, '-7'],
  ])('%s with %s decimals is written %s', (value, decimals, expected) => {
    expect(scaledText(value, decimals)).toBe(expected);
  });
});

describe('money that travels', () => {
  it('is text with exactly two decimals', () => {
    expect(yuan(-1900464979n)).toEqual({ currency: 'CNY', amount: '-19004649.79' });
    expect(moneyText('HKD', 100n)).toEqual({ currency: 'HKD', amount: '1.00' });
    expect(fenOf({ currency: 'CNY', amount: '0.10' })).toBe(10n);
    expect(amountText(parseAmount('123.45'))).toBe('123.45');
  });

  it.each([
    [12.5, 'AMOUNT_NOT_TEXT', 'a number'],
    [null, 'AMOUNT_NOT_TEXT', 'nothing'],
    ['12.5', 'INPUT_INVALID', 'one decimal'],
    ['12', 'INPUT_INVALID', 'no decimals'],
    ['12.345', 'INPUT_INVALID', 'three decimals'],
    ['01.00', 'INPUT_INVALID', 'a leading zero'],
  ])('refuses %p with %s: %s', (amount, code, _why) => {
    expect(codeOf(() => parseAmount(amount, 'amount'))).toBe(code);
  });

  it.each([
    ['0.00', 0n],
    ['000.00', 0n],
    ['0.05', 5n],
    ['00.50', 50n],
    ['0012.30', 1230n],
    ['1002.00', 100200n],
    ['999999999999.99', 99999999999999n],
  ])('written into a form, %s is %s', (written, fen) => {
    expect(parseWrittenAmount(written)).toBe(fen);
  });

  it.each([
    ['0012.3', 'INPUT_INVALID'],
    ['', 'INPUT_INVALID'],
    [12.3, 'AMOUNT_NOT_TEXT'],
  ])('refuses %p written into a form with %s', (written, code) => {
    expect(codeOf(() => parseWrittenAmount(written))).toBe(code);
  });

  it('takes no other currency for fen', () => {
    expect(codeOf(() => fenOf({ currency: 'HKD', amount: '1.00' }))).toBe('INPUT_INVALID');
  });
});
