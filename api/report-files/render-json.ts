/** Sheets as data: the texts of the cells by their names, as every other format shows them. A cell without a value is left out. */
import { bilingual } from '../schemas';
import { z } from '../zod';
import type { Sheet } from './sheets';

export const sheetData = z
  .strictObject({
    sheets: z.array(
      z.strictObject({
        key: z.string(),
        title: bilingual,
        rows: z.array(z.strictObject({ subject: z.string(), values: z.record(z.string(), z.string()) })),
      }),
    ),
  })
  .openapi('SheetData');

export const dataOf = (sheets: readonly Sheet[]): z.input<typeof sheetData> => ({
  sheets: sheets.map(({ key, title, columns, rows }) => ({
    key,
    title,
    rows: rows.map(([subject = '', ...cells]) => ({
      subject,
      values: Object.fromEntries(
        cells.flatMap((cell, at) => {
          const name = columns[at + 1]?.en;
          return name === undefined || cell === '' ? [] : [[name, cell]];
        }),
      ),
    })),
  })),
});
