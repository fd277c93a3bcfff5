/**
 * Sheets as a PDF, A4 across. The font comes with a package and not with the machine, and the file holds only the characters it
 * shows. Lists of more rows than people turn over stand in the other formats; the page says so.
 */
import path from 'node:path';
import { openSync, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';
import type { Words } from '../../domain/messages/words';
import { isNumber } from './render-csv';
import type { Sheet } from './sheets';

// The package says of its fonts nothing but where its own entry stands, one folder beside them.
const FONTS_FOLDER = path.join(path.dirname(require.resolve('@embedpdf/fonts-sc')), '..', 'fonts');
const MARGIN = 36;
const LINE = 11;
const SIZE = 7;
const PADDING = 8;
const ROWS_AT_MOST = 2000;

/** Opened once: reading eight megabytes of outlines again for each page costs more than the page. */
const opened = new Map<string, Font>();

function fontOf(weight: 'Regular' | 'Bold'): Font {
  const known = opened.get(weight);
  if (known !== undefined) return known;
  const font = openSync(path.join(FONTS_FOLDER, `NotoSansHans-${weight}.otf`));
  if (!('layout' in font)) throw new Error(`NotoSansHans-${weight}.otf is a collection of fonts, not one`);
  opened.set(weight, font);
  return font;
}

export interface PdfHead {
  readonly title: Words;
  /** What stands under the title: day, account, state. */
  readonly lines: readonly string[];
  /** UTC: when what it shows was made, where the same is to be the same bytes whenever it is asked for. */
  readonly madeAt?: string;
}

export async function pdfOf(head: PdfHead, sheets: readonly Sheet[]): Promise<Buffer> {
  const info = head.madeAt === undefined ? {} : { info: { CreationDate: new Date(head.madeAt) } };
  const page = new PDFDocument({ size: 'A4', layout: 'landscape', margin: MARGIN, bufferPages: true, ...info });
  const written = new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    page.on('data', (chunk: Buffer) => chunks.push(chunk));
    page.on('end', () => resolve(Buffer.concat(chunks)));
    page.on('error', reject);
  });
  page.registerFont('text', fontOf('Regular'));
  page.registerFont('title', fontOf('Bold'));
  page.font('title').fontSize(14).text(`${head.title.zh} ${head.title.en}`);
  page.font('text').fontSize(9);
  for (const line of head.lines) page.text(line);
  for (const sheet of sheets) drawSheet(page, sheet);
  numberPages(page);
  page.end();
  return written;
}

type Page = InstanceType<typeof PDFDocument>;

function drawSheet(page: Page, { title, columns, rows }: Sheet): void {
  const shown = rows.slice(0, ROWS_AT_MOST);
  const grid = gridOf(page, columns, shown);
  if (page.y + 5 * LINE > page.page.height - MARGIN) page.addPage();
  page.moveDown(0.8);
  page.font('title').fontSize(10).text(`${title.zh} ${title.en}`, MARGIN);
  drawHead(page, columns, grid);
  for (const row of shown) {
    if (page.y + LINE > page.page.height - MARGIN) {
      page.addPage();
      drawHead(page, columns, grid);
    }
    drawRow(page, row, grid, 'text');
  }
  if (rows.length > shown.length)
    page.text(
      `另有 ${rows.length - shown.length} 行，见 CSV 或 XLSX ${rows.length - shown.length} more rows stand in CSV and XLSX`,
      MARGIN,
    );
}

function drawHead(page: Page, columns: readonly Words[], grid: Grid): void {
  drawRow(
    page,
    columns.map(({ zh }) => zh),
    grid,
    'title',
  );
  drawRow(
    page,
    columns.map(({ zh, en }) => (en === zh ? '' : en)),
    grid,
    'text',
  );
  page
    .moveTo(MARGIN, page.y)
    .lineTo(MARGIN + grid.widths.reduce((sum, width) => sum + width, 0), page.y)
    .lineWidth(0.4)
    .stroke();
  page.y += 2;
}

/** Numbers stand to the right, so that their points are under one another. */
function drawRow(page: Page, cells: readonly string[], { widths, size }: Grid, font: 'text' | 'title'): void {
  const { y } = page;
  let x = MARGIN;
  page.font(font).fontSize(size);
  for (const [at, cell] of cells.entries()) {
    const width = widths[at] ?? 0;
    page.text(cell, x + 2, y, { width: width - 4, lineBreak: false, align: isNumber(cell) ? 'right' : 'left' });
    x += width;
  }
  page.x = MARGIN;
  page.y = y + LINE;
}

interface Grid {
  readonly widths: readonly number[];
  /** Of the letters: smaller where the page is too narrow, so that no cell runs into the next one or into the row below. */
  readonly size: number;
}

/** As wide as the widest cell; all of them smaller together, with what stands in them, where the page is too narrow. */
function gridOf(page: Page, columns: readonly Words[], rows: readonly (readonly string[])[]): Grid {
  page.font('title').fontSize(SIZE);
  const wide = columns.map(({ zh, en }, at) => {
    const longest = rows.reduce((text, row) => (extent(row[at] ?? '') > extent(text) ? (row[at] ?? '') : text), en);
    return Math.max(page.widthOfString(longest), page.widthOfString(zh), page.widthOfString(en)) + PADDING;
  });
  const room = page.page.width - 2 * MARGIN;
  const all = wide.reduce((sum, width) => sum + width, 0);
  if (all <= room) return { widths: wide, size: SIZE };
  const padding = wide.length * PADDING;
  const share = (room - padding) / (all - padding);
  return { widths: wide.map((width) => (width - PADDING) * share + PADDING), size: SIZE * share };
}

/** About how wide a text is, to find the widest without measuring all: a Chinese character is twice a letter. */
const extent = (text: string): number => text.length + (text.match(/[\u2e80-\uffef]/g)?.length ?? 0);

function numberPages(page: Page): void {
  const { start, count } = page.bufferedPageRange();
  for (let at = start; at < start + count; at += 1) {
    page.switchToPage(at);
    // Below the margin the text would begin a page of its own.
    page.page.margins.bottom = 0;
    page
      .font('text')
      .fontSize(SIZE)
      .text(
        `第 ${at + 1} 页，共 ${count} 页 page ${at + 1} of ${count}`,
        MARGIN,
        page.page.height - MARGIN / 2 - SIZE,
        { lineBreak: false },
      );
  }
}
