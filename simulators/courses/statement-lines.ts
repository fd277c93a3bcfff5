/** A statement of the deposit bank, to change and write again: lines in the order of their times, with running balances. */
import { readFileSync, writeFileSync } from 'node:fs';
import iconv from 'iconv-lite';
import { fenOf, moneyText } from '../common/values';

/** Columns of a statement. */
export const TIME = 2;
export const DEBIT = 5;
export const CREDIT = 6;
const BALANCE = 7;
export const COUNTERPARTY = 8;

type Line = string[];

function read(path: string): { readonly head: string; readonly opening: Line; readonly moved: Line[] } {
  const [head = '', opening = '', ...lines] = iconv.decode(readFileSync(path), 'gbk').trimEnd().split('\r\n');
  return { head, opening: opening.split(','), moved: lines.map((line) => line.split(',')) };
}

/** The account of a statement. */
export const accountOf = (path: string): string => read(path).opening[0] ?? '';

/** Changes the lines after the opening balance. */
export function changeStatement(path: string, change: (lines: Line[]) => void): void {
  const { head, opening, moved } = read(path);
  change(moved);
  write(path, head, opening, moved);
}

/** Opens the statement with another balance, unless it has it; answers what it closes with. */
export function openStatement(path: string, balance: string | undefined): string {
  const { head, opening, moved } = read(path);
  if (balance === undefined || opening[BALANCE] === balance) return (moved.at(-1) ?? opening)[BALANCE] ?? '';
  opening[BALANCE] = balance;
  return write(path, head, opening, moved);
}

function write(path: string, head: string, opening: Line, moved: Line[]): string {
  const timeOf = (line: Line) => line[TIME] ?? '';
  moved.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
  const fen = (text: string | undefined) => (text === undefined || text === '' ? 0n : fenOf(text));
  let balance = fen(opening[BALANCE]);
  for (const line of moved) {
    balance += fen(line[CREDIT]) - fen(line[DEBIT]);
    line[BALANCE] = moneyText(balance);
  }
  const written = [head, ...[opening, ...moved].map((line) => line.join(','))];
  writeFileSync(path, iconv.encode(written.map((line) => `${line}\r\n`).join(''), 'gbk'));
  return moneyText(balance);
}
