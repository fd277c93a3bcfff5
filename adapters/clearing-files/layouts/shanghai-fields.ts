/** What several files of the Shanghai channel share: codes, forms and times. */
import { c, type Arrival, type DateForm, type NumberForm, type NumberRange } from './layout';

/** From then on a file is missing, and whatever comes is late. */
export const LAST_MOMENT = '20:00:00';
export const evening: readonly Arrival[] = [{ expectedFrom: '18:00:00', awaitedBy: LAST_MOMENT }];

export const marketCode = c('SCDM', 2, 'Y', { codes: ['05'] });
export const participant = c('JSBH', 6, 'Y');
export const securityClass = { codes: ['PT', 'PG', 'PZ'] };
export const circulation = { codes: ['0', 'N'] };
export const entitlementClasses = ['HL', 'S', 'P', 'GG'];

/** Before the link opened there was nothing to settle, and what lies behind 2099 is a slip of the pen. */
const dated = (written: DateForm['written']) =>
  ({ form: { kind: 'date', written, from: '2014-01-01', to: '2099-12-31' } }) as const;
export const date = dated('compact');
export const isoDate = dated('iso');
export const time = { form: { kind: 'time' } } as const;

const withSign = (most: bigint): NumberRange => ({ least: -most, most });
const unsigned = (most: bigint, least = 0n): NumberRange => ({ least, most });

/*
 * Ranges of numbers: far above what occurs, far below what overflows. Where a check of rows speaks of signs
 * (NEGATIVE_QUANTITY, SIGN_RULE), or a total tells more than its sign, the range leaves the sign to it.
 */

/** Shares of one account, below 10^11: at the highest price they are worth 10^18 cents, which 63 bits still hold. */
export const shares = withSign(10n ** 11n - 1n);
export const unsignedShares = unsigned(10n ** 11n - 1n);
/** An amount of a row or a total of a day, in 1/100: below 10^13 yuan or dollars. */
export const amount = withSign(10n ** 15n - 1n);
export const unsignedAmount = unsigned(10n ** 15n - 1n);
/** A single fee in cents: what its field is wide enough for. */
export const fee = withSign(10n ** 11n - 1n);
/** A price in HKD x 10^4: below 100,000 HKD. Zero stands for none. */
export const priceE4 = unsigned(10n ** 9n - 1n);
/** Numbers of rows, and running numbers from 1. */
export const rowCount = unsigned(10n ** 10n - 1n);
export const runningNumber = unsigned(10n ** 8n - 1n, 1n);
/** A board lot in shares. */
export const lot = unsigned(10n ** 9n, 1n);

/** CNY for one unit of a foreign currency, exactly 5 decimals; never zero, below 100. */
export const ratio = {
  form: { kind: 'number', decimals: 5, fewestDecimals: 5, range: unsigned(10n ** 7n - 1n, 1n) },
} as const;

const decimalText = (decimals: number, range: NumberRange): NumberForm => ({
  kind: 'number',
  decimals,
  fewestDecimals: 0,
  range,
});
/** Money for one share, below 100,000, with up to 8 decimals. */
export const perShareText = decimalText(8, unsigned(10n ** 13n - 1n));
/** One side of the ratio of a bonus: above zero, up to 100,000. */
export const bonusRatioText = decimalText(8, unsigned(10n ** 13n, 1n));
/** One side of the ratio of a split: whole or broken shares from 1 to 100,000. */
export const splitRatioText = decimalText(8, unsigned(10n ** 13n, 10n ** 8n));
/** An amount of money with or without decimals. */
export const amountText = decimalText(2, amount);
