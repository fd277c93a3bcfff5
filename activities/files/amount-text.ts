/** An amount of fen as it stands in the files: two decimals. */
import { scaledText } from '../../domain/scaled';

export const cnyText = (fen: bigint): string => scaledText(fen, 2);
