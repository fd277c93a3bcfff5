/** The exchange's files for one day of the market: what can be traded, and how it closed. */
import path from 'node:path';
import { compactDate } from '../../domain/calendar/business-date';
import type { WrittenDay } from './clearing-house';
import { decimalPrice, writeLines } from './lines';
import { SECURITIES } from './market';

export async function writeExchangeFiles({ market, day, folder }: WrittenDay): Promise<void> {
  const date = compactDate(day.date);
  const codes = Array.from({ length: SECURITIES }, (_, index) => index);
  await writeLines(
    path.join(folder, `reff04${date.slice(4)}.txt`),
    codes.map((index) => {
      const { code, lot } = market.security(index);
      return [code, `测试港股${code}`, lot, 'HKD', decimalPrice(market.closeE4(day.index - 1, index)), 'Y'].join('|');
    }),
  );
  await writeLines(
    path.join(folder, `hkexclpr04_${date}.txt`),
    codes.map((index) => [date, market.security(index).code, decimalPrice(market.closeE4(day.index, index))].join('|')),
  );
}
