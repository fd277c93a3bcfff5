/**
 * The days of the bank for a rehearsal of complaints: on each, some transfers of the amounts that compensations have, from the own account to
 * that of the clients. An order takes one of them; what nobody orders does not move.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { BusinessDate } from '../../domain/calendar/business-date';

/** Of each amount on each day. */
const A_DAY = 12;
const AMOUNTS = ['8000.00', '12000.00'] as const;
const HEAD = 'account,date,time,reference,text,debit,credit,balance,counterparty';

export function writeBankDays(folder: string, opening: string, days: readonly BusinessDate[]): void {
  mkdirSync(folder, { recursive: true });
  cpSync(opening, path.join(folder, 'static'), { recursive: true });
  const accounts: { account: string; kind: string; side: string }[] = parse(
    readFileSync(path.join(opening, 'opening_accounts.csv')),
    { columns: true, bom: true },
  );
  const ofSide = (side: string) => accounts.find((one) => one.kind === 'bank' && one.side === side)?.account ?? '';
  for (const date of days) {
    const day = path.join(folder, date);
    mkdirSync(day);
    write(day, 'bank_own', { account: ofSide('P'), date, money: (amount) => `${amount},` });
    write(day, 'bank_client', { account: ofSide('C'), date, money: (amount) => `,${amount}` });
  }
}

function write(
  folder: string,
  stem: string,
  {
    account,
    date,
    money,
  }: { readonly account: string; readonly date: BusinessDate; readonly money: (amount: string) => string },
): void {
  // Each transfer at a second of its own: both sides of it are known by that.
  const lines = AMOUNTS.flatMap((amount, kind) =>
    Array.from({ length: A_DAY }, (_, nth) => {
      const second = String(nth + 10 + kind * 20).padStart(2, '0');
      return `${account},${date},1500${second},R${kind}${nth},,${money(amount)},0.00,`;
    }),
  );
  const rows = [HEAD, `${account},${date},000000,,,,,100000000.00,`, ...lines];
  writeFileSync(path.join(folder, `${stem}_${date.replaceAll('-', '')}.csv`), `${rows.join('\n')}\n`);
}
