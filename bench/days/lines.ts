/** Lines of text as the broker's and the exchange's files have them: GBK, each ended by CR and LF. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import iconv from 'iconv-lite';
import { scaledText } from '../../domain/scaled';

const LINES_PER_WRITE = 1_000;

export async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const out = createWriteStream(file);
  let waiting: string[] = [];
  const write = async () => {
    const bytes = iconv.encode(waiting.map((line) => `${line}\r\n`).join(''), 'gbk');
    waiting = [];
    if (!out.write(bytes)) await once(out, 'drain');
  };
  try {
    for (const line of lines) {
      waiting.push(line);
      if (waiting.length === LINES_PER_WRITE) await write();
    }
    await write();
  } finally {
    out.end();
    await finished(out);
  }
}

/** Money text with two decimals. */
export const moneyText = (fen: bigint): string => scaledText(fen, 2);

/** A price in whole cents of HKD as the text files show it. */
export const decimalPrice = (priceE4: number): string => scaledText(BigInt(priceE4) / 100n, 2);
