/** Sheets as a workbook. An amount is a number cell where a spreadsheet keeps every digit of it, else text. */
import writeXlsxFile from 'write-excel-file/node';
import type { Sheet } from './sheets';
import { isNumber, neutral } from './render-csv';

/** Spreadsheets keep fifteen digits; account numbers and codes begin with what a number would lose. */
const KEPT_DIGITS = 15;
const isKept = (cell: string): boolean =>
  isNumber(cell) && cell.includes('.') && cell.replace(/\D/g, '').length <= KEPT_DIGITS;

export async function xlsxOf(sheets: readonly Sheet[]): Promise<Buffer> {
  return writeXlsxFile(
    sheets.map(({ key, columns, rows }) => ({
      // At most 31 characters, which a spreadsheet refuses to exceed.
      sheet: key.slice(0, 31),
      columns: columns.map(() => ({ width: 18 })),
      stickyRowsCount: 1,
      data: [
        columns.map(({ zh, en }) => ({ value: `${zh} ${en}`, type: String, fontWeight: 'bold' as const })),
        ...rows.map((row) => row.map(cellOf)),
      ],
    })),
  ).toBuffer();
}

const cellOf = (cell: string) =>
  isKept(cell)
    ? { value: Number(cell), type: Number, format: `0.${'0'.repeat(cell.split('.')[1]?.length ?? 0)}` }
    : { value: neutral(cell), type: String };
