/** Amounts as they leave the house: text with two decimals. */
import { scaledText } from '../../domain/scaled';

export const cny = (fen: bigint): string => scaledText(fen, 2);
export const hkd = (cents: bigint): string => scaledText(cents, 2);
/** A ratio of CNY to one HKD, five decimals. */
export const ratio = (e5: bigint): string => scaledText(e5, 5);
