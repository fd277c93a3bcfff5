/** Amounts and ratios of the reports as text, each named after the currency of its column. */
import { amountText } from '../../domain/money';
import { ratioText } from '../../domain/scaled';

export const cny = amountText;
export const hkd = amountText;
/** A ratio of CNY to one HKD, five decimals. */
export const ratio = ratioText;
