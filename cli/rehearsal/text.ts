/** Texts on a terminal: Chinese characters take two columns, colours only where somebody looks. */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;

/** Columns that a text takes. */
export const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);

/** Filled up with blanks, or cut with an ellipsis, to exactly so many columns. */
export function fit(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  let shown = text;
  if (widthOf(shown) > columns) {
    while (widthOf(shown) > columns - 1) shown = [...shown].slice(0, -1).join('');
    shown += '…';
  }
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(shown)));
  return align === 'left' ? shown + blanks : blanks + shown;
}

/** Money text with separators between thousands: `-19004649.79` is `-19,004,649.79`. */
export const grouped = (amount: string): string =>
  amount.replace(/^(-?)(\d+)/, (_, sign: string, whole: string) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ','));

export type Tone = 'plain' | 'good' | 'bad' | 'faint' | 'strong';

const CODES: Readonly<Record<Exclude<Tone, 'plain'>, string>> = { good: '32', bad: '31', faint: '2', strong: '1' };

/** Colours a text where the terminal shows colours (NO_COLOR is respected). */
export type Paint = (tone: Tone, text: string) => string;

export const paintFor = (isTerminal: boolean): Paint =>
  isTerminal && !process.env['NO_COLOR']
    ? (tone, text) => (tone === 'plain' ? text : `\u001b[${CODES[tone]}m${text}\u001b[0m`)
    : (_, text) => text;

/** A table with columns as wide as they need be; the first row is the head. Blanks at the ends of lines go. */
export function tableLines(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => fit(cell, widths[column] ?? 0, right.includes(column) ? 'right' : 'left'))
      .join('  ')
      .trimEnd(),
  );
}
