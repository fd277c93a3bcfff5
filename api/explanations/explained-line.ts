/**
 * Lines behind the figures of a day, as SQL: every section answers rows of one shape, for the whole day or for one figure. Amounts are
 * in the figure's own unit and exact, so that the lines of a figure sum to it; a figure that is a date, a name or a word is quoted.
 *
 * Parameters of every section: $1 channel, $2 day, $3 the figure or null for all, $4 businesses of entitlements, $5 businesses that
 * clients pay at settlement.
 */
export interface Section {
  readonly section: string;
  readonly sql: string;
}

/**
 * `record` a record of a file; `entry` of the ledger, without a record of its own; `order`, `rule`: rows of our own; `figure`: another
 * explained figure, whose lines go on to the records; `step`: what a rule does to a sum (not below zero, rounding).
 */
export type LineKind = 'record' | 'entry' | 'order' | 'own' | 'figure' | 'step';

/** Columns of a line, as SQL expressions; left away: null. */
interface LineParts {
  readonly figure: string;
  readonly term: string;
  /** Where left away: a record where there is one, else an entry. */
  readonly kind?: LineKind;
  /** The kind as SQL, where the rows know it. */
  readonly kindOfRow?: string;
  readonly amount?: string;
  readonly quoted?: string;
  readonly file?: string;
  readonly row?: string;
  readonly entry?: { readonly date: string; readonly batch: string; readonly line: string };
  /** Another figure as `2025-06-25 riskMoney.client.payable`, an order by its key, a row of our own. */
  readonly refers?: string;
}

/** One select of lines. */
export const lines = (parts: LineParts, from: string): string => {
  const { figure, term, kind, kindOfRow, amount, quoted, file, row, entry, refers } = parts;
  const byPlace = `case when ${row ?? 'null'} is null then 'entry' else 'record' end`;
  return `select (${figure})::text as figure, (${term})::text as term,
          ${kind === undefined ? (kindOfRow ?? byPlace) : `'${kind}'`} as kind,
          (${amount ?? 'null'})::numeric as amount, (${quoted ?? 'null'})::text as quoted,
          (${file ?? 'null'})::bigint as file_id, (${row ?? 'null'})::bigint as row_no, (${entry?.date ?? 'null'})::date as entry_date,
          (${entry?.batch ?? 'null'})::bigint as batch_id, (${entry?.line ?? 'null'})::bigint as line_no, (${refers ?? 'null'})::text as refers
   ${from}`;
};

/** An entry with the record behind it, of `entry_lines e`. */
export const entryOf = (alias: string) => ({
  file: `${alias}.file_id`,
  row: `${alias}.row_no`,
  entry: { date: `${alias}.business_date`, batch: `${alias}.batch_id`, line: `${alias}.line_no` },
});
export const recordOf = (alias: string) => ({ file: `${alias}.file_id`, row: `${alias}.row_no` });

/** Whether a row is about the figure that is asked for: its part at a place of the name, the section being 1. */
export const about = (expression: string, part = 2): string =>
  `($3::text is null or ${expression} = split_part($3, '.', ${part}))`;

export const allOf = (...parts: readonly string[]): string => parts.join('\n   union all\n   ');

/** Names each with the words or numbers that are quoted from one row: a line for each. */
export function quotedLines(
  given: Omit<LineParts, 'figure' | 'term' | 'quoted' | 'amount'> & { readonly prefix: string },
  names: { readonly words?: Readonly<Record<string, string>>; readonly numbers?: Readonly<Record<string, string>> },
  from: string,
  where = 'true',
): string {
  const { prefix, ...parts } = given;
  const rows = [
    ...Object.entries(names.words ?? {}).map(([name, value]) => `('${name}', (${value})::text, null::numeric)`),
    ...Object.entries(names.numbers ?? {}).map(([name, value]) => `('${name}', null, (${value})::numeric)`),
  ];
  return lines(
    { ...parts, figure: `${prefix} || q.name`, term: 'q.name', quoted: 'q.words', amount: 'q.number' },
    `${from} cross join lateral (values ${rows.join(', ')}) as q(name, words, number)
     where ${where} and (q.words is not null or q.number is not null)`,
  );
}
