/**
 * Exact numbers as scaled integers: a bigint that counts units of 10^-decimals.
 *
 * 12.34 yuan is 1234n fen; 0.96168 yuan a Hong Kong dollar is 96168n in E5; 0.000042 is 42000000n in E12.
 * Nothing here is ever a binary float, so a sum of a million rows is as exact as one row.
 */
import { BusinessError } from './errors';

/** Decimals of every rate (fees, commissions, interest, margin): `...E12`. */
export const RATE_DECIMALS = 12;
/** 1 as a rate. */
export const RATE_ONE_E12 = 10n ** 12n;
/** Decimals of prices in HKD: `priceE4`. */
export const PRICE_DECIMALS = 4;
/** Decimals of settlement ratios, CNY for one unit of foreign currency: `ratioE5`. */
export const RATIO_DECIMALS = 5;
/** 1 as a ratio. */
export const RATIO_ONE_E5 = 10n ** 5n;

const DECIMAL_TEXT = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * numerator / denominator as a whole number, rounded once, half away from zero (S2).
 * @throws RangeError when the denominator is not above zero: that is our own mistake.
 */
export function dividedRounded(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError(`a denominator is above zero, got ${denominator}`);
  const twice = denominator * 2n;
  return numerator < 0n ? -((denominator - numerator * 2n) / twice) : (numerator * 2n + denominator) / twice;
}

/**
 * numerator / denominator as a whole number, any fraction going up (stamp duty; an exact whole stays).
 * @throws RangeError for a negative numerator or a denominator not above zero.
 */
export function dividedUp(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError(`a denominator is above zero, got ${denominator}`);
  if (numerator < 0n) throw new RangeError(`only amounts from zero on are rounded up, got ${numerator}`);
  return (numerator + denominator - 1n) / denominator;
}

/**
 * Decimal text as a scaled integer. Strict: no blanks, no plus sign, no exponent, no leading zeros,
 * no more digits behind the point than `decimals`.
 * @throws BusinessError INPUT_INVALID
 */
export function parseScaled(text: string, decimals: number): bigint {
  const [, sign, whole, fraction = ''] = DECIMAL_TEXT.exec(text) ?? [];
  if (whole === undefined || fraction.length > decimals) {
    throw new BusinessError('INPUT_INVALID', {
      field: 'number',
      value: text,
      reason: `a decimal number with at most ${decimals} digits behind the point`,
    });
  }
  const value = BigInt(whole + fraction.padEnd(decimals, '0'));
  return sign === '-' ? -value : value;
}

/** A scaled integer as decimal text with exactly `decimals` digits behind the point; zero has no sign. */
export function scaledText(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const sign = value < 0n ? '-' : '';
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Decimal text as a rate in E12. */
export const parseRate = (text: string): bigint => parseScaled(text, RATE_DECIMALS);
/** Decimal text as a settlement ratio in E5. */
export const parseRatio = (text: string): bigint => parseScaled(text, RATIO_DECIMALS);
/** A settlement ratio in E5 as decimal text with five decimals. */
export const ratioText = (ratioE5: bigint): string => scaledText(ratioE5, RATIO_DECIMALS);
/** Decimal text as a price in E4. */
export const parsePrice = (text: string): bigint => parseScaled(text, PRICE_DECIMALS);

/** The larger of two. */
export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** The smaller of two. */
export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
/** The value, or zero where it is below zero. */
export const notBelowZero = (value: bigint): bigint => (value > 0n ? value : 0n);
