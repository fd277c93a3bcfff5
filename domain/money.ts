/**
 * Money as it travels and as it is computed.
 *
 * It travels as text with two decimals and its currency, in JSON, in the API and in workflow histories; it is
 * computed as a bigint of hundredths: fen for CNY (`...Fen`), cents for HKD and other currencies (`...Cents`).
 */
import { BusinessError } from './errors';
import { parseScaled, scaledText } from './scaled';

/** Currencies in which the clearing house settles or pays entitlements. */
export type Currency = 'CNY' | 'HKD' | 'USD' | 'GBP';

/** An amount as it travels; `amount` has exactly two decimals: `-19004649.79`. */
export interface MoneyText {
  readonly currency: Currency;
  readonly amount: string;
}

const MONEY_DECIMALS = 2;
const TWO_DECIMALS = /^-?\d+\.\d{2}$/;

/**
 * Amount text as hundredths (fen, cents). Takes what JSON brought, so a number is named as what it is.
 * @param field where the amount stood, for the refusal
 * @throws BusinessError AMOUNT_NOT_TEXT for anything but text, INPUT_INVALID without exactly two decimals
 */
export function parseAmount(amount: unknown, field = 'amount'): bigint {
  if (typeof amount !== 'string') throw new BusinessError('AMOUNT_NOT_TEXT', { field });
  if (!TWO_DECIMALS.test(amount)) {
    throw new BusinessError('INPUT_INVALID', { field, value: amount, reason: 'an amount with exactly two decimals' });
  }
  return parseScaled(amount, MONEY_DECIMALS);
}

/**
 * Amount text as a person writes it into a form, as hundredths: zeros in front of it count for nothing, `0012.30` is 1230n.
 * @throws BusinessError as `parseAmount`
 */
export const parseWrittenAmount = (amount: unknown, field = 'amount'): bigint =>
  parseAmount(typeof amount === 'string' ? amount.replace(/^0+(?=\d)/, '') : amount, field);

/** Hundredths (fen, cents) as amount text with two decimals. */
export const amountText = (hundredths: bigint): string => scaledText(hundredths, MONEY_DECIMALS);

/** Fen as money that travels. */
export const yuan = (fen: bigint): MoneyText => ({ currency: 'CNY', amount: amountText(fen) });

/** Hundredths of a currency as money that travels. */
export const moneyText = (currency: Currency, hundredths: bigint): MoneyText => ({
  currency,
  amount: amountText(hundredths),
});

/**
 * Fen of an amount in CNY that travelled.
 * @throws BusinessError INPUT_INVALID for another currency, else as `parseAmount`
 */
export function fenOf(money: MoneyText, field = 'amount'): bigint {
  if (money.currency !== 'CNY') {
    throw new BusinessError('INPUT_INVALID', { field, value: money.currency, reason: 'an amount in CNY' });
  }
  return parseAmount(money.amount, field);
}
