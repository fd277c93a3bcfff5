/** The formats of a file, each a route of its own: a route has one media type. */
import { csvOf } from './render-csv';
import { pdfOf } from './render-pdf';
import { xlsxOf } from './render-xlsx';
import type { Sheet } from './sheets';

export const FORMATS = {
  csv: { mediaType: 'text/csv', of: (sheets: readonly Sheet[]) => Promise.resolve(Buffer.from(csvOf(sheets))) },
  xlsx: {
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    of: (sheets: readonly Sheet[]) => xlsxOf(sheets),
  },
  pdf: {
    mediaType: 'application/pdf',
    of: (sheets: readonly Sheet[], title: { readonly zh: string; readonly en: string }, lines: readonly string[]) =>
      pdfOf({ title, lines }, sheets),
  },
} as const;
export type Format = keyof typeof FORMATS;
