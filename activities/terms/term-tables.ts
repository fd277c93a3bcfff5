/** Where the dated terms stand that people may change: a table, its key and its columns, by kind. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { TermKind, TermValues } from '../../domain/terms/change-of-terms';
import type { Sql } from '../people/standing';
import { restrictedListRows } from '../clients/restricted-lists';
import { calendarRows } from './calendar-term';
import type { TermRow } from './term-row';

interface TermTable {
  readonly table: string;
  /** Column of the part, e.g. the channel; none where a code is all of the key. */
  readonly part?: string;
  /** Columns that a change may set. */
  readonly columns: readonly string[];
  /** Columns that go over from the row before. */
  readonly kept: readonly string[];
}

/** Kinds whose terms are rows with a validity; calendars and lists have versions instead. */
type DatedKind = Exclude<TermKind, 'calendar' | 'restricted_list'>;

const TABLES: Readonly<Record<DatedKind, TermTable>> = {
  parameter: { table: 'parameters', part: 'channel', columns: ['value'], kept: ['unit'] },
  fee_rate: {
    table: 'fee_rates',
    columns: ['rate', 'flat_hkd', 'minimum_hkd', 'maximum_hkd', 'rounding'],
    kept: [],
  },
};

/** A term by its key; `part` empty where the kind has none. */
export interface TermKey {
  readonly kind: TermKind;
  readonly code: string;
  readonly part: string;
}

/**
 * Every row of a term, oldest first.
 * @param names of what is asked about: the days of a calendar; columns are all told
 */
export async function termRows(
  sql: Sql,
  { kind, code, part }: TermKey,
  names: readonly string[],
): Promise<readonly TermRow[]> {
  if (kind === 'calendar') return calendarRows(sql, code, names);
  if (kind === 'restricted_list') return restrictedListRows(sql);
  const { table, part: partColumn, columns, kept } = TABLES[kind];
  const { rows } = await sql.query<{
    row: TermValues;
    valid_from: BusinessDate;
    valid_to: BusinessDate | null;
    source: string;
  }>(
    `select (select jsonb_object_agg(key, value #>> '{}') from jsonb_each(to_jsonb(t))) as row, valid_from, valid_to, source
       from ${table} t where code = $1 ${partColumn === undefined ? 'and $2 = $2' : `and ${partColumn} = $2`}
      order by valid_from`,
    [code, part],
  );
  return rows.map(({ row, valid_from: validFrom, valid_to: validTo, source }) => ({
    values: Object.fromEntries(columns.map((name) => [name, row[name] ?? null])),
    unit: kept.includes('unit') ? (row['unit'] ?? '') : '',
    validFrom,
    validTo,
    source,
  }));
}

/** The row in force on a date, of the term itself. */
export const rowOn = (rows: readonly TermRow[], date: BusinessDate): TermRow | undefined =>
  rows.find(({ validFrom, validTo }) => validFrom <= date && (validTo === null || date < validTo));

/** The row that ended before a date on which none is in force: only rows leave such a gap, calendars and lists have versions. */
export const rowBeforeGap = (kind: TermKind, rows: readonly TermRow[], date: BusinessDate): TermRow | undefined =>
  kind in TABLES && rowOn(rows, date) === undefined
    ? rows.filter(({ validTo }) => validTo !== null && validTo <= date).at(-1)
    : undefined;

/**
 * Ends the row in force the day before and begins the new one, valid for as long as the old one was. Where none is in force then, the new one is as the
 * one that ended before, until the next one begins.
 */
export async function beginTerm(
  sql: Sql,
  key: TermKey & { readonly kind: DatedKind },
  begun: { readonly values: TermValues; readonly effectiveOn: BusinessDate; readonly source: string },
): Promise<void> {
  const { table, part, columns, kept } = TABLES[key.kind];
  const ofTerm = `code = $1 ${part === undefined ? 'and $2 = $2' : `and ${part} = $2`}`;
  const { rows } = await sql.query<{
    valid_from: BusinessDate;
    valid_to: BusinessDate | null;
    next: BusinessDate | null;
  }>(
    `select valid_from, valid_to, (select min(n.valid_from) from ${table} n where ${ofTerm} and n.valid_from > $3) as next
     from ${table} where ${ofTerm} and valid_from < $3 order by valid_from desc limit 1 for update`,
    [key.code, key.part, begun.effectiveOn],
  );
  const [before] = rows;
  if (before === undefined) throw new RangeError(`${key.code} has no row that ${begun.effectiveOn} could end`);
  const fillsGap = before.valid_to !== null && before.valid_to <= begun.effectiveOn;
  if (!fillsGap)
    await sql.query(`update ${table} set valid_to = $3 where ${ofTerm} and valid_from = $4`, [
      key.code,
      key.part,
      begun.effectiveOn,
      before.valid_from,
    ]);
  const names = ['code', ...(part === undefined ? [] : [part]), ...kept, 'valid_from', 'valid_to', 'source'];
  const values = ['code', ...(part === undefined ? [] : [part]), ...kept, '$3::date', '$4::date', '$5'];
  const written = columns.map((name) => `(jsonb_populate_record(null::${table}, $6)).${name}`);
  await sql.query(
    `insert into ${table} (${[...names, ...columns].join(', ')})
     select ${[...values, ...written].join(', ')} from ${table} where ${ofTerm} and valid_from = $7`,
    [
      key.code,
      key.part,
      begun.effectiveOn,
      fillsGap ? before.next : before.valid_to,
      begun.source,
      JSON.stringify(begun.values),
      before.valid_from,
    ],
  );
}
