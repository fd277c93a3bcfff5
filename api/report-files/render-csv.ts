/** Sheets as one CSV: a line a cell, `sheet,subject,name,value`, UTF-8 with the mark that tells spreadsheets so. */
import { stringify } from 'csv-stringify/sync';
import type { Sheet } from './sheets';

const NUMBER = /^-?\d+(\.\d+)?$/;
/** How a formula begins; Chinese and Japanese spreadsheets take full-width signs for the same. */
const COMPUTED = /^[=+\-@＝＋－＠\t\r\n]/;

/** Text that a spreadsheet would compute is told to be text; a number below zero is none. */
export const neutral = (cell: string): string => (COMPUTED.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);

export const isNumber = (cell: string): boolean => NUMBER.test(cell);

export function csvOf(sheets: readonly Sheet[]): string {
  const rows = sheets.flatMap(({ key, columns, rows: cells, about = 1 }) =>
    cells.flatMap((row) => {
      const subject = row.slice(0, about).filter(Boolean).join(' ');
      return row.slice(about).map((value, at) => [key, subject, columns[at + about]?.en ?? '', value].map(neutral));
    }),
  );
  return stringify([['sheet', 'subject', 'name', 'value'], ...rows], { bom: true, record_delimiter: 'windows' });
}
