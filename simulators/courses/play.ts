/** Writes a folder of days as a course of faults changes it: what is not changed is the published day, byte for byte. */
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { fenOf, moneyText } from '../common/values';
import { AccountDay, RESERVE } from './account-day';
import type { Change } from './changes';
import { openDbase, type DbaseRecord } from './dbase-rows';
import { openStatement } from './statement-lines';

const variantForm = z.object({ base: z.string(), replaces: z.array(z.string()), adds: z.array(z.string()) });

/**
 * @param published folder of days; never written to
 * @param beside folder that paths of variants start from
 * @param to empty folder
 */
export function writePlayedDays(published: string, changes: readonly Change[], beside: string, to: string): void {
  cpSync(published, to, { recursive: true });
  // Variants first: times of files may be changed in what they bring.
  for (const change of changes) if (change.change === 'variant') layOver(resolve(beside, change.folder), to);
  const days = new Map<string, AccountDay>();
  const accounts = (date: string): AccountDay => {
    const day = days.get(date) ?? AccountDay.open(to, date);
    days.set(date, day);
    return day;
  };
  for (const change of changes) apply(change, to, accounts);
  for (const day of days.values()) day.save();
  carryBalances(to);
}

function apply(change: Change, to: string, accounts: (date: string) => AccountDay): void {
  switch (change.change) {
    case 'transfer':
      return accounts(change.date).transfer(change.side, change.direction, change.at, change.amount);
    case 'further transfer':
      return accounts(change.date).addTransfer(change.side, change.at, change.amount);
    case 'booked amount':
      return accounts(change.date).book(change.side, change.business, change.amount);
    case 'booked later':
      accounts(change.to).add(change.side, accounts(change.date).take(change.side, change.business));
      return announceLater(to, change);
    case 'file':
      return arriveAt(join(to, change.date), change.name, change.at);
    case 'variant':
      return;
  }
}

/** Its line in arrivals.csv, or a line of its own. */
function arriveAt(folder: string, name: string, at: string): void {
  if (!existsSync(join(folder, name))) throw new RangeError(`${folder} holds no ${name}`);
  const path = join(folder, 'arrivals.csv');
  const lines = readFileSync(path, 'latin1').trimEnd().split(/\r?\n/);
  const index = lines.findIndex((line) => line.startsWith(`${name},`));
  const version = /_v(\d+)\./.exec(name)?.[1] ?? '1';
  if (index >= 0) lines[index] = `${name},${at},${version}`;
  else lines.push(`${name},${at},${version}`);
  writeFileSync(path, `${lines.join('\n')}\n`);
}

function layOver(variant: string, to: string): void {
  const { base, replaces, adds } = variantForm.parse(JSON.parse(readFileSync(join(variant, 'expect.json'), 'utf8')));
  const day = base.split('/').at(-1) ?? '';
  for (const name of [...replaces, ...adds]) copyFileSync(join(variant, name), join(to, day, name));
}

const datesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name))
    .sort();

/** What the evening before announced for the day (J rows of hk_zjhz) is announced the evening before the later day instead. */
function announceLater(
  folder: string,
  { date, to, side, business }: Change & { readonly change: 'booked later' },
): void {
  const evening = (of: string) => {
    const before = datesIn(folder)
      .filter((one) => one < of)
      .at(-1);
    if (before === undefined) throw new RangeError(`there is no evening before ${of}`);
    return openDbase(join(folder, before, `hk_zjhz${before.replaceAll('-', '')}.dbf`));
  };
  const account = RESERVE[side];
  const announced = (rows: readonly DbaseRecord[], of: string, name: string, batch?: string) =>
    rows.find(
      (row) =>
        row.get('HZLB') === 'J' &&
        row.get('ZJZH') === account &&
        row.get('YWLB') === name &&
        row.get('JSRQ') === of.replaceAll('-', '') &&
        (batch === undefined || row.get('PCH') === batch),
    );
  const taken = evening(date);
  const row = announced(taken.rows, date, business);
  const total = row === undefined ? undefined : announced(taken.rows, date, 'HJ', row.get('PCH'));
  const given = evening(to);
  const same = announced(given.rows, to, business, row?.get('PCH'));
  const sum = announced(given.rows, to, 'HJ', row?.get('PCH'));
  if (row === undefined || total === undefined || same === undefined || sum === undefined) {
    throw new RangeError(`${business} of ${account} is not announced for ${date} and for ${to}`);
  }
  const columns = ['YSJE', 'YFJE', 'JSJE'];
  const change = (of: DbaseRecord, sign: 1n | -1n) => {
    for (const column of columns) of.set(column, moneyText(fenOf(of.get(column)) + sign * fenOf(row.get(column))));
  };
  change(same, 1n);
  change(sum, 1n);
  change(total, -1n);
  // A batch of which nothing is left is not announced.
  const isEmpty = columns.every((column) => fenOf(total.get(column)) === 0n);
  taken.rows = taken.rows.filter((one) => one !== row && !(isEmpty && one === total));
  taken.save();
  given.save();
}

/** A statement opens with what the one before closed with. */
function carryBalances(folder: string): void {
  for (const stem of ['bank_client', 'bank_own']) {
    let closing: string | undefined;
    for (const date of datesIn(folder)) {
      const path = join(folder, date, `${stem}_${date.replaceAll('-', '')}.csv`);
      if (!existsSync(path)) continue;
      closing = openStatement(path, closing);
    }
  }
}
