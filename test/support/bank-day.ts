/** A day of the bank on which amounts go from the own account to that of the clients, each at its time. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DAYS, newFolder } from '../simulators/stage';

export const OWN = '6200000000000000002';
export const CLIENTS = '6200000000000000001';

/** @param paid time HHMMSS and amount in CNY; together at most 100,000.00, which the own account begins with */
export function dayOfTheBank(date: string, paid: readonly (readonly [time: string, amount: string])[]): string {
  const folder = newFolder();
  cpSync(path.join(DAYS, 'static'), path.join(folder, 'static'), { recursive: true });
  const day = path.join(folder, date);
  mkdirSync(day);
  const head = 'account,date,time,reference,text,debit,credit,balance,counterparty';
  const statement = (name: string, account: string, money: (amount: string) => string) =>
    writeFileSync(
      path.join(day, `${name}_${date.replaceAll('-', '')}.csv`),
      `${[
        head,
        `${account},${date},000000,,,,,100000.00,`,
        ...paid.map(([time, amount], index) => `${account},${date},${time},X${index + 1},,${money(amount)},0.00,`),
      ].join('\n')}\n`,
    );
  statement('bank_own', OWN, (amount) => `${amount},`);
  statement('bank_client', CLIENTS, (amount) => `,${amount}`);
  return folder;
}
