/**
 * What only the rows of a file together show: the date of every row, the row that no file is without, the opening line, and
 * sums that nothing behind the file could add up.
 */
import { compactDate } from '../../domain/calendar/business-date';
import { finding, type BothLanguages, type Finding } from '../../domain/clearing-files/finding';
import { scaledText } from '../../domain/scaled';
import type { Layout, NumberRange } from './layouts/layout';
import type { ReadingOptions } from './reading';
import { rowDates } from './row-dates';

/** A row whose values are good. */
export type GoodRow = Readonly<Record<string, unknown>> & { readonly row: number };

export interface WholeFileChecks {
  /** Takes the next live row; what it shows to be wrong with a value is answered at once. */
  readonly take: (row: GoodRow) => readonly Finding[];
  /** What shows at the end, as long as no value was refused. */
  readonly findings: () => Iterable<Finding>;
}

/** Makes the checks of one file. */
export function wholeFileChecks(layout: Layout, { businessDate }: ReadingOptions): WholeFileChecks {
  const { dateField, emptyInFirstLine = [] } = layout;
  const isIso =
    layout.format !== 'dbf' &&
    layout.columns.some(({ name, form }) => name === dateField && form?.kind === 'date' && form.written === 'iso');
  const dates = rowDates(dateField, isIso ? businessDate : compactDate(businessDate));
  const required = requiredRow(layout.requiredRow, compactDate(businessDate));
  const totals = fieldTotals(layout);
  let rows = 0;

  return {
    take(row) {
      rows++;
      if (dateField !== undefined) dates.take(row.row, String(row[dateField]));
      required.take(row);
      const overflowing = totals(row);
      if (row.row > 1 || emptyInFirstLine.length === 0) return overflowing;
      return [...overflowing, ...movesInFirstLine(row, layout, emptyInFirstLine)];
    },
    *findings() {
      if (rows === 0 && emptyInFirstLine.length > 0) yield finding('BAD_VALUE', { row: 1 }, noOpeningLine);
      yield* required.findings();
      yield* dates.findings();
    },
  };
}

/** A file without its required row is refused; with that row for other dates only, each of them is reported. */
function requiredRow(rule: Layout['requiredRow'], date: string) {
  if (rule === undefined) return { take: () => undefined, findings: (): readonly Finding[] => [] };
  const values = Object.entries(rule.values);
  let others: { readonly row: number; readonly value: string }[] = [];
  let isThere = false;
  return {
    take(row: GoodRow): void {
      if (isThere || !values.every(([field, value]) => row[field] === value)) return;
      isThere = row[rule.dateField] === date;
      if (isThere) others = [];
      else others.push({ row: row.row, value: String(row[rule.dateField]) });
    },
    findings(): readonly Finding[] {
      if (isThere) return [];
      if (others.length > 0)
        return others.map(({ row, value }) => finding('DATE_MISMATCH', { row, field: rule.dateField, value }));
      const place = { field: values.map(([field]) => field).join('+'), fileValue: '' };
      return [finding('BAD_VALUE', { ...place, computed: values.map(([, value]) => value).join('+') }, rowIsMissing)];
    },
  };
}

function movesInFirstLine(row: GoodRow, layout: Layout, columns: readonly string[]): readonly Finding[] {
  return numbersOf(layout).flatMap(({ name, decimals }) => {
    const moved = row[name];
    if (!columns.includes(name) || typeof moved !== 'bigint') return [];
    return [finding('BAD_VALUE', { row: row.row, field: name, value: scaledText(moved, decimals) }, openingMoves)];
  });
}

interface NumberField {
  readonly name: string;
  readonly decimals: number;
  readonly range?: NumberRange;
}

/** The numbers of a layout, whatever its format. */
const numbersOf = (layout: Layout): readonly NumberField[] =>
  (layout.format === 'dbf' ? layout.fields : layout.columns).filter(({ range }) => range !== undefined);

/** Nothing behind the files sums more than this without overflowing 63 bits some ninety times over. */
const MOST_TOTAL = 10n ** 17n;
/** Values up to this are not summed: ten million of them stay below the limit. */
const SMALL = 10n ** 10n;

const NONE: readonly Finding[] = [];

interface Total {
  readonly name: string;
  readonly decimals: number;
  sum: bigint;
  isTold: boolean;
}

/** The sums of the large values of each field that may have large values; the row that passes the limit is reported, once. */
function fieldTotals(layout: Layout): (row: GoodRow) => readonly Finding[] {
  const totals = numbersOf(layout)
    .filter(({ range }) => range !== undefined && range.most > SMALL)
    .map(({ name, decimals }): Total => ({ name, decimals, sum: 0n, isTold: false }));
  return (row) => {
    let found: Finding[] | undefined;
    for (let index = 0; index < totals.length; index++) {
      const total = totals[index]!;
      const value = row[total.name];
      if (typeof value !== 'bigint' || (value <= SMALL && value >= -SMALL)) continue;
      total.sum += value < 0n ? -value : value;
      if (total.isTold || total.sum <= MOST_TOTAL) continue;
      total.isTold = true;
      const place = { row: row.row, field: total.name, value: scaledText(value, total.decimals) };
      (found ??= []).push(finding('BAD_VALUE', place, overflows(total)));
    }
    return found ?? NONE;
  };
}

const overflows = ({ sum, decimals }: Total): BothLanguages => ({
  zh: `截至本记录该字段合计 ${scaledText(sum, decimals)}，超出可处理范围。`,
  en: `Up to this record the field sums to ${scaledText(sum, decimals)}, more than can be right.`,
});
const rowIsMissing: BothLanguages = {
  zh: '缺少每个交易日必有的记录。',
  en: 'The record that every file has is missing.',
};
const noOpeningLine: BothLanguages = {
  zh: '缺少期初余额行。',
  en: 'The first line with the opening balance is missing.',
};
const openingMoves: BothLanguages = {
  zh: '首行为期初余额，不得有发生额。',
  en: 'The first line is the opening balance and moves nothing.',
};
